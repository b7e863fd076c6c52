"""The messages in one file to classify: mail, an mbox, text, lines or a table's column."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, FileIO, TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from rnnops.cli.input_tables import is_table, read_column
from rnnops.core.console import note
from rnnops.core.errors import InputError
from rnnops.ingest.file_kinds import (
    HEAD,
    MOST_BYTES,
    encoding_of,
    looks_like_mail,
    require_text,
)
from rnnops.ingest.mail import parse_mail
from rnnops.ingest.mail_folders import is_mailbox, split_mailbox
from rnnops.ingest.rows import printable

STANDARD_INPUT = Path("-")

_MESSAGE_SUFFIXES = (".eml", ".txt", "")


class Found(NamedTuple):
    """A message as it was read, undecodable bytes escaped, or a sentence on its `problem`."""

    name: str
    text: str = ""
    problem: str | None = None


def read_messages(path: Path) -> Iterator[Found]:
    """The message that a file is, or those of an mbox file.

    Raises:
        InputError: when it is empty or not text; within an mbox that is a problem of the message.
    """
    name, is_mail = shown_name(path), path.suffix.lower() == ".eml"
    with _as_file(path) as file:
        start = _start(file)
        is_box = is_mailbox(file) and looks_like_mail(start)
        contents = split_mailbox(file) if is_box else iter([start])
        first, second = next(contents), next(contents, None)
        if second is None:
            yield Found(name, _text(name, first, is_mail=is_mail))
            return
        for number, content in enumerate(chain([first, second], contents), start=1):
            label = f"{name}#{number}"
            try:
                yield Found(label, _text(label, content, is_mail=is_mail))
            except InputError as error:
                yield Found(label, problem=str(error))


def read_lines(path: Path) -> Iterator[Found]:
    """The lines of a file that are not blank.

    Raises:
        InputError: when there is none, or when it is not text.
    """
    name, is_empty = shown_name(path), True
    with _opened(path) as content:
        head = content.peek(HEAD)
        require_text(name, head)
        encoding, errors = encoding_of(head)
        lines = TextIOWrapper(content, encoding=encoding, errors=errors)
        for number, line in enumerate(lines, start=1):
            if line.strip():
                is_empty = False
                yield Found(f"{name} line {number}", line.rstrip("\n"))
    if is_empty:
        raise _nothing_in(name)


def read_cells(path: Path, column: str) -> Iterator[Found]:
    """The cells of a table's column; raises `InputError` as `read_column` does."""
    if path == STANDARD_INPUT:
        raise InputError("--text needs a file: its name says which kind of table it is")
    for cell in read_column(path, column):
        name = f"{shown_name(path)} row {cell.row}"
        yield Found(name, cell.text, cell.problem and f"{name}: {cell.problem}")


def require_message(file: Path) -> None:
    """Check that a file of a folder is a message: .eml, .txt, without a suffix, or mail.

    Raises:
        InputError: if it is none.
    """
    if is_table(file):
        raise InputError(f"{shown_name(file)} is a table, read with --text COLUMN")
    if file.suffix.lower() in _MESSAGE_SUFFIXES:
        return
    with _opened(file) as content:
        if not looks_like_mail(content.read(HEAD)):
            raise InputError(f"{shown_name(file)} is neither mail nor .txt, read only when named")


def shown_name(path: Path) -> str:
    """The name of a file in results, notes and errors."""
    return "standard input" if path == STANDARD_INPUT else printable(str(path))


@contextmanager
def _as_file(path: Path) -> Iterator[Path]:
    """`path`, or a copy of a pipe's content: all of an mbox, else the first `MOST_BYTES`."""
    if path != STANDARD_INPUT and path.is_file():
        yield path
        return
    with tempfile.NamedTemporaryFile() as copy, _opened(path) as stream:
        start = stream.read(MOST_BYTES + 1)
        copy.write(start)
        if start.startswith(b"From "):
            shutil.copyfileobj(stream, copy)
        copy.flush()
        yield Path(copy.name)


def _opened(path: Path) -> BufferedReader:
    raw = FileIO(0, closefd=False) if path == STANDARD_INPUT else FileIO(path)
    return BufferedReader(raw, buffer_size=HEAD)


def _start(file: Path) -> bytes:
    with file.open("rb") as content:
        return content.read(MOST_BYTES + 1)


def _text(name: str, content: bytes, *, is_mail: bool) -> str:
    is_mail = is_mail or looks_like_mail(content)
    require_text(name, content, any_encoding=is_mail)
    if is_mail:
        if not content.strip():
            raise _nothing_in(name)
        if len(content) > MOST_BYTES:
            note(f"{name} is cut: only its first {MOST_BYTES:,} bytes are read")
        return parse_mail(content[:MOST_BYTES]).text
    text = content.decode(*encoding_of(content))
    if not text.strip():
        raise _nothing_in(name)
    return text


def _nothing_in(name: str) -> InputError:
    return InputError(f"{name} is empty: there is nothing to classify")
