"""Reading and writing files: writes are atomic, and equal content gives equal bytes."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rnnops.core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


@contextmanager
def atomic_path(target: str | Path) -> Iterator[Path]:
    """A temporary path beside `target` that takes its place when the block succeeds."""
    target = Path(target)
    with _folder_beside(target) as folder:
        temporary = Path(folder) / target.name
        yield temporary
        temporary.replace(target)


@contextmanager
def atomic_folder(target: str | Path) -> Iterator[Path]:
    """A temporary folder that replaces `target`, whatever it held, when the block succeeds."""
    target = Path(target)
    with _folder_beside(target) as folder:
        temporary = Path(folder) / target.name
        temporary.mkdir()
        yield temporary
        shutil.rmtree(target, ignore_errors=True)
        temporary.replace(target)


def _folder_beside(target: Path) -> tempfile.TemporaryDirectory[str]:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise InputError(f"cannot write {target}: {error.strerror}") from None


def write_text(text: str, path: str | Path) -> None:
    """Write `text` as UTF-8 with Unix line ends."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def read_text(path: str | Path) -> str:
    """The UTF-8 text at `path`; raises `InputError` when it is missing."""
    _require(path)
    return Path(path).read_text(encoding="utf-8")


def write_json(value: Any, path: str | Path) -> None:
    """Write `value` as indented JSON; keys keep their order, NaN is refused."""
    write_text(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n", path)


def read_json(path: str | Path) -> Any:
    """The value in the JSON file at `path`; raises `InputError` when it is missing."""
    return json.loads(read_text(path))


def write_parquet(frame: "pd.DataFrame", path: str | Path) -> None:
    """Write `frame` without its index; equal frames give equal bytes."""
    with atomic_path(path) as temporary:
        frame.to_parquet(temporary, index=False, compression="zstd")


def read_parquet(path: str | Path, columns: list[str] | None = None) -> "pd.DataFrame":
    """The frame at `path`, or some of its columns; raises `InputError` when it is missing."""
    import pandas as pd  # half a second: only for whoever reads a frame

    _require(path)
    return pd.read_parquet(path, columns=columns)


def _require(path: str | Path) -> None:
    if not Path(path).exists():
        raise InputError(f"{path} does not exist: run `dvc repro` to make it")


def write_array(array: np.ndarray, path: str | Path) -> None:
    """Write `array` in NumPy's own format, which holds no pickle and no date."""
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.save(file, array, allow_pickle=False)


def read_array(path: str | Path) -> np.ndarray:
    """The array at `path`; refuses pickled content."""
    return np.load(path, allow_pickle=False)


def digest(path: str | Path, algorithm: str = "sha256") -> str:
    """Hexadecimal digest of a file, or of a folder's sorted relative names and contents."""
    path = Path(path)
    if path.is_dir():
        total = hashlib.new(algorithm)
        for file in sorted(item for item in path.rglob("*") if item.is_file()):
            total.update(
                f"{file.relative_to(path).as_posix()}\0{digest(file, algorithm)}\n".encode()
            )
        return total.hexdigest()
    with path.open("rb") as content:
        return hashlib.file_digest(content, algorithm).hexdigest()
