"""Writing what people add to a dataset: one writer at a time, a batch whole or not at all."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock

from rnnops.core import files, layout
from rnnops.core.errors import InputError
from rnnops.core.programs import ProgramError, output
from rnnops.ingest.additions import list_batches

UNFINISHED = ".unfinished-"  # begins the name of a folder that becomes a batch; DVC ignores it


@contextmanager
def only_writer(dataset: str) -> Iterator[Path]:
    """The folder of what is added to `dataset`, which no one else writes to meanwhile.

    Batches are put under DVC at the end, those too that a killed program has written before.

    Raises:
        InputError: when DVC refuses; what was added stays.
    """
    folder = Path(layout.ADDED, dataset)
    lock = Path(layout.DVC_SCRATCH, f"added-{dataset}.lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(lock):
        for unfinished in folder.parent.glob(f"{UNFINISHED}*"):
            shutil.rmtree(unfinished)
        yield folder
        if folder.is_dir():
            _track(folder)


def write_batch(folder: Path, contents: Mapping[str, pd.DataFrame | dict[str, Any]]) -> None:
    """Write a batch of the files in `contents` that are not empty; no batch when all are.

    A name that ends in .parquet is for a frame, one that ends in .json for a record.
    """
    contents = {name: content for name, content in contents.items() if len(content)}
    if not contents:
        return
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder.parent))
    unfinished.chmod(folder.stat().st_mode)
    for name, content in contents.items():
        if isinstance(content, pd.DataFrame):
            files.write_parquet(content, unfinished / name)
        else:
            files.write_json(content, unfinished / name)
    batches = list_batches(folder)
    number = int(batches[-1].name.partition("-")[0]) + 1 if batches else 1
    unfinished.rename(folder / f"{number:06}-{files.digest(unfinished)[:16]}")


def _track(folder: Path) -> None:
    try:
        output("dvc", "add", "--quiet", str(folder))
    except ProgramError as error:
        raise InputError(
            f"{folder} has the messages, but {error}: run `dvc add {folder}`"
        ) from None
