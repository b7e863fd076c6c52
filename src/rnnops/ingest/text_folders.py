"""Reading text files from folders named after their labels."""

from collections.abc import Iterator
from pathlib import Path

from rnnops.catalog.dataset import FoldersRead
from rnnops.core.errors import InputError
from rnnops.core.suggestions import suggest
from rnnops.ingest.mail_folders import message_files
from rnnops.ingest.rows import Row, clean, is_hidden, text_encoding


def read_folders(root: Path, spec: FoldersRead) -> Iterator[Row]:
    """A row for each file below the folders of `root`, folder by folder, by path.

    Raises:
        InputError: before the first row, when a folder is missing or holds no file, when there
            is only one, or when the encoding is not known.
    """
    if root.is_file():
        raise InputError(f"{root.name} is a file: read.format folders needs a folder of folders")
    base = root / spec.root
    encoding = text_encoding(spec.encoding)
    places = {name: message_files(base / name, spec.pattern) for name in _folders(root, spec)}
    for name, files in places.items():
        if not files:
            raise InputError(
                f"{name} holds no file {spec.pattern!r}: read.labels chooses the folders to read,"
                " read.pattern their files"
            )
    for name, files in places.items():
        for file in files:
            yield read_text_file(file, name, base, encoding)


def read_text_file(file: Path, folder: str, base: Path, encoding: str) -> Row:
    """The row that a file below `base` is, labelled as `folder`; of another encoding a problem."""
    content = file.read_bytes()
    try:
        text, problem = clean(content.decode(encoding)), None
    except UnicodeDecodeError:
        text, problem = None, f"undecodable as {encoding.removesuffix('-sig')}"
    return Row(
        file=file.relative_to(base).as_posix(),
        row=None,
        source=folder,
        text=text,
        label=folder,
        content=content,
        problem=problem,
    )


def _folders(root: Path, spec: FoldersRead) -> list[str]:
    base = root / spec.root
    if not base.is_dir():
        raise InputError(f"read.root: there is no folder {spec.root}")
    found = sorted(
        item.name for item in base.iterdir() if item.is_dir() and not is_hidden(Path(item.name))
    )
    if spec.labels:
        for name in spec.labels:
            if name not in found:
                hint, there = suggest(name, found), ", ".join(found[:20]) or "none"
                raise InputError(f"read.labels: there is no folder {name!r}{hint}; there: {there}")
        return list(spec.labels)
    # an archive is unpacked into a hidden folder
    where = "the archive" if is_hidden(Path(root.name)) else root.name
    where = where if spec.root == "." else spec.root
    if len(found) == 1:
        raise InputError(
            f"{where} holds one folder, {found[0]}, and a folder is a label: if the labels' folders"
            f" are in it, set read.root to {(Path(spec.root) / found[0]).as_posix()}"
        )
    if not found:
        raise InputError(
            f"{where} holds no folder: read.format folders reads LABEL/FILE.txt, a folder a label"
        )
    return found
