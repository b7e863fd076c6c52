"""A file of predictions, written in parts so that a run that was stopped goes on where it was.

The parts lie in a hidden folder beside the file until all are there; then they become the file.
"""

import hashlib
import json
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout

from rnnops.core import files
from rnnops.core.console import note
from rnnops.core.errors import InputError
from rnnops.ingest.mail_folders import message_files
from rnnops.metrics.decision import probability_column
from rnnops.registry.served_model import ServedModel
from rnnops.runtime.predictions import Predictions

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

FORMATS = (".parquet", ".csv", ".jsonl")
JOB, LOCK, PART = "job.json", ".lock", "{:08}.parquet"


@dataclass(frozen=True)
class PredictionFile:
    """The predictions for `path`, as far as they are there: `rows` of them in `parts`."""

    path: Path
    parts: Path
    served: ServedModel

    @classmethod
    @contextmanager
    def open(cls, path: Path, served: ServedModel, job: str) -> Iterator[Self]:
        """The file as an earlier run of the same `job` left it, or empty.

        Raises:
            InputError: when another process writes it, or the folder cannot be written.
        """
        parts = path.with_name(f".{path.name}.parts")
        try:
            parts.mkdir(parents=True, exist_ok=True)
            lock = FileLock(parts / LOCK, blocking=False)
            lock.acquire()
        except Timeout:
            raise InputError(f"{path} is being written by another process") from None
        except OSError as error:
            raise InputError(f"cannot write {path}: {error.strerror}") from None
        with lock:
            opened = cls(path, parts, served)
            opened._resume(job)
            try:
                yield opened
            finally:
                if not opened._written():
                    shutil.rmtree(parts, ignore_errors=True)

    @property
    def rows(self) -> int:
        """How many messages have predictions."""
        from pyarrow.parquet import read_metadata

        return sum(read_metadata(part).num_rows for part in self._written())

    def append(self, names: Sequence[str], predictions: Sequence[Predictions]) -> None:
        """Write one more part, of the messages of these names, in order."""
        from pyarrow import parquet

        table = self._table(names, predictions)
        part = self.parts / PART.format(len(self._written()))
        with self._one_line_errors(), files.atomic_path(part) as temporary:
            parquet.write_table(table, temporary, compression="zstd")

    def finish(self) -> None:
        """Make the file of its parts, in place of whatever it was, and remove them."""
        from pyarrow import csv, parquet

        written = self._written()
        with self._one_line_errors(), files.atomic_path(self.path) as temporary:
            schema = parquet.read_schema(written[0])
            if self.path.suffix == ".jsonl":
                with temporary.open("w", encoding="utf-8", newline="\n") as lines:
                    for part in written:
                        for row in parquet.ParquetFile(part).read().to_pylist():
                            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
            else:
                writer = {".csv": csv.CSVWriter, ".parquet": parquet.ParquetWriter}
                with writer[self.path.suffix](temporary, schema) as whole:
                    for part in written:
                        whole.write_table(parquet.ParquetFile(part).read())
        self._forget()

    def _resume(self, job: str) -> None:
        """Keep the parts of an earlier run of `job`; those of another are removed with a note."""
        described = self.parts / JOB
        written = self._written()
        if described.exists() and files.read_text(described) == job:
            if written:
                note(f"{self.path}: goes on after {self.rows:,} messages of a run that was stopped")
            return
        if written and described.exists():
            note(f"{self.path}: starts anew, an earlier run had other messages or options")
        self._forget()
        files.write_text(job, described)

    def _forget(self) -> None:
        """Remove the parts; first what says whose they are, so that no run goes on with some."""
        (self.parts / JOB).unlink(missing_ok=True)
        for part in self.parts.glob("*.parquet"):
            part.unlink()

    def _written(self) -> list[Path]:
        return sorted(self.parts.glob("*.parquet"))

    @contextmanager
    def _one_line_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise InputError(
                f"cannot write {self.path}: {error.strerror or error}; the same command goes on "
                "where this one stopped"
            ) from None

    def _table(self, names: Sequence[str], predictions: Sequence[Predictions]) -> "pa.Table":
        import numpy as np
        import pyarrow as pa

        labels = predictions[0].labels
        probabilities = np.concatenate([each.probabilities for each in predictions])
        decided = np.concatenate([each.decided for each in predictions])
        columns = {
            "message": _strings(names),
            "label": _strings([labels[label] for label in decided]),
            "probability": _numbers(probabilities[np.arange(len(decided)), decided]),
            **{
                probability_column(label): _numbers(probabilities[:, place])
                for place, label in enumerate(labels)
            },
            "model": _strings([self.served.name] * len(names)),
            "version": _strings([self.served.version] * len(names)),
        }
        return pa.Table.from_arrays([*columns.values()], [*columns])


# `pa.array` and `pa.scalar` import pandas, which takes 40 MB.
def _strings(values: Sequence[str | None]) -> "pa.StringArray":
    import numpy as np
    import pyarrow as pa

    if values[0] is None:  # then all are
        return pa.nulls(len(values), pa.string())
    encoded = [str(value).encode() for value in values]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.StringArray.from_buffers(
        len(values), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))
    )


def _numbers(values: "np.ndarray") -> "pa.Array":
    import numpy as np
    import pyarrow as pa

    held = pa.py_buffer(np.ascontiguousarray(values, np.float64))
    return pa.Array.from_buffers(pa.float64(), len(values), [None, held])


def require_format(path: Path) -> None:
    """Raise `InputError` unless predictions can be written to a file of this name."""
    if path.suffix not in FORMATS:
        raise InputError(f"--output {path}: its name has to end in {', '.join(FORMATS)}")
    if path.is_dir():
        raise InputError(f"--output {path} is a folder: name the file")


def describe_job(paths: Sequence[Path], served: ServedModel, **options: object) -> str:
    """What a run's predictions follow from, as text; equal for runs that give the same.

    Standard input cannot be read twice, so no run of it is like another.
    """
    read = hashlib.sha256()
    for path in paths:
        if not path.is_file() and not path.is_dir():
            read.update(uuid.uuid4().bytes)
        for file in message_files(path) if path.is_dir() else [path]:
            status = file.stat() if file.is_file() else None
            seen = status and (status.st_size, status.st_mtime_ns)
            read.update(f"{file}\0{seen}\n".encode("utf-8", "surrogateescape"))
    model = {"name": served.name, "version": served.version, "files": files.digest(served.folder)}
    return json.dumps({"read": read.hexdigest(), "model": model, "options": options}, indent=1)
