"""Reading mail from folders, Maildirs, mbox files and single messages."""

import mailbox
from collections.abc import Iterator
from pathlib import Path

from rnnops.catalog.dataset import MailRead
from rnnops.core.errors import InputError
from rnnops.ingest.mail import parse_mail
from rnnops.ingest.rows import Row, is_hidden


def read_mail(root: Path, spec: MailRead) -> Iterator[Row]:
    """Every message below `root`, folder by folder as `spec.folders` lists them.

    Raises:
        InputError: before the first message, when a folder or file is missing or holds none.
    """
    base = root / spec.root
    places = [(name, _files(base, name, spec), label) for name, label in spec.folders.items()]
    for name, files, label in places:
        for file in files:
            shown = file.relative_to(base) if file.is_relative_to(base) else file
            # A file in a folder is one message even when it keeps mbox's envelope line.
            is_box = file == base / name and is_mailbox(file)
            for number, content in enumerate(
                split_mailbox(file) if is_box else [file.read_bytes()]
            ):
                mail = parse_mail(content)
                yield Row(
                    file=shown.as_posix(),
                    row=number + 1 if is_box else None,
                    source=name,
                    text=mail.text,
                    label=label,
                    content=content,
                    received_at=mail.received_at,
                )


def message_files(folder: Path, pattern: str = "*") -> list[Path]:
    """The message files below `folder`, sorted by relative path.

    Hidden files and folders are skipped, and of a Maildir all but its messages (`cur` and `new`).
    """
    files = [
        file
        for file in folder.rglob(pattern)
        if file.is_file() and not _is_skipped(file.relative_to(folder), folder)
    ]
    return sorted(files, key=lambda file: file.relative_to(folder).as_posix())


def split_mailbox(file: Path) -> Iterator[bytes]:
    """The messages of an mbox file, which is only read; of any other file, the file itself."""
    if not is_mailbox(file):
        yield file.read_bytes()
        return
    box = mailbox.mbox(file, create=False)
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)
    finally:
        box.close()


def is_mailbox(file: Path) -> bool:
    """Whether `file` opens with mbox's "From " line and is not named as a single message."""
    if file.suffix.lower() == ".eml":
        return False
    with file.open("rb") as content:
        return content.read(5) == b"From "


def _files(base: Path, name: str, spec: MailRead) -> list[Path]:
    place = base / name
    if place.is_dir():
        files = message_files(place, spec.pattern)
        if not files:
            raise InputError(f"read.folders: {name} holds no message file {spec.pattern!r}")
        return files
    if not place.is_file():
        below = f" below {spec.root}" if spec.root != "." else ""
        there = ", ".join(sorted(item.name for item in base.glob("[!.]*"))[:20]) or "nothing"
        raise InputError(f"read.folders: there is no {name}{below}; there is: {there}")
    if not place.stat().st_size:
        raise InputError(f"read.folders: {name} is empty")
    return [place]


def _is_skipped(path: Path, folder: Path) -> bool:
    if is_hidden(path):
        return True
    parents = [folder / parent for parent in path.parents]
    for parent in parents:
        if (parent / "cur").is_dir() and (parent / "new").is_dir():
            inside = (folder / path).relative_to(parent).parts
            return inside[0] not in ("cur", "new")
    return False
