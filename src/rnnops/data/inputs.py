"""What people hand over to be classified: mail, text, folders of both, tables, standard input."""

import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from rnnops.console import note
from rnnops.data.file_kinds import binary_kind, encoding_of
from rnnops.data.mail import parse_mail
from rnnops.data.mail_folders import is_mailbox, message_files, split_mailbox
from rnnops.data.tables import read_column
from rnnops.errors import InputError

MOST_CHARACTERS = 1_000_000
MOST_BYTES = 32 * 2**20  # of one message with its attachments
STANDARD_INPUT = "standard input"
NamedText = tuple[str, str]

_MAIL_START = re.compile(rb"(From \S+ |(Received|Return-Path|Delivered-To|From|Subject|Date):\s)")


def read_texts(
    paths: list[Path],
    *,
    column: str | None = None,
    lines: bool = False,
    most_characters: int = MOST_CHARACTERS,
) -> list[NamedText]:
    """The name and text of each message in the files; the path `-` is standard input.

    A file that starts like an mbox is one; a message is mail when its file's name ends in .eml or
    it starts like mail, else plain text. Of a folder every file is read, hidden ones aside; one
    that cannot be is left out with a note. A message that is too long is cut, with a note.

    Args:
        column: the files are tables, packed or not, and each cell of this column is a message.
        lines: each line is a message.
        most_characters: what is read of a message.

    Raises:
        InputError: for a file that is not there or not text, or when there is nothing to read.
    """
    if column is not None and lines:
        raise InputError("--text and --lines exclude each other: is it a table or lines?")
    read: Callable[[Path], Iterable[NamedText]] = _lines if lines else _messages
    if column is not None:
        read = partial(_cells, column=column)
    texts = [named for path in paths for named in _read_path(path, read)]
    return [(name, _cut(name, text, most_characters)) for name, text in texts]


def blocks(texts: list[NamedText], characters: int = MOST_CHARACTERS) -> Iterator[list[NamedText]]:
    """The texts in order, in blocks of about so many characters: what is classified at a time."""
    block, size = [], 0
    for named in texts:
        block.append(named)
        size += len(named[1])
        if size >= characters:
            yield block
            block, size = [], 0
    if block:
        yield block


def _read_path(path: Path, read: Callable[[Path], Iterable[NamedText]]) -> list[NamedText]:
    if not path.is_dir():
        return _read_file(path, read)
    texts: list[NamedText] = []
    problems = []
    for file in message_files(path):
        try:
            texts += _read_file(file, read)
        except InputError as error:
            problems.append(str(error))
    if not texts:
        raise InputError(f"{path} holds nothing to classify: {(problems or ['no file'])[0]}")
    _note_left_out(f"{path}", "file", problems)
    return texts


def _read_file(path: Path, read: Callable[[Path], Iterable[NamedText]]) -> list[NamedText]:
    try:
        return list(read(path))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None


def _messages(path: Path) -> list[NamedText]:
    """The message that a file is, or those of an mbox file."""
    name, is_mail = _name(path), path.suffix.lower() == ".eml"
    if name != STANDARD_INPUT and path.is_file() and is_mailbox(path):
        contents = list(split_mailbox(path))
    else:
        contents = [_content(path, MOST_BYTES + 1)]
    if not any(content.strip() for content in contents):
        raise _nothing_in(name)
    numbered = [f"{name}#{number}" for number in range(1, len(contents) + 1)]
    return [
        (label, _text(label, content, is_mail=is_mail))
        for label, content in zip(numbered if contents[1:] else [name], contents, strict=True)
    ]


def _text(name: str, content: bytes, *, is_mail: bool) -> str:
    is_mail = is_mail or _MAIL_START.match(content) is not None
    _require_text(name, content, any_encoding=is_mail)
    if not is_mail:
        return content.decode(encoding_of(content), errors="replace")
    if len(content) > MOST_BYTES:
        note(f"{name} is cut: only its first {MOST_BYTES:,} bytes are read")
    return parse_mail(content[:MOST_BYTES]).text


def _lines(path: Path) -> list[NamedText]:
    name, content = _name(path), _content(path)
    _require_text(name, content)
    text = content.decode(encoding_of(content), errors="replace")
    found = [
        (f"{name} line {number}", line.rstrip("\n"))
        for number, line in enumerate(io.StringIO(text, newline=None), start=1)
        if line.strip()
    ]
    if not found:
        raise _nothing_in(name)
    return found


def _cells(path: Path, column: str) -> Iterator[NamedText]:
    if _name(path) == STANDARD_INPUT:
        raise InputError("--text needs a file: its name says which kind of table it is")
    _require_file(path)
    is_empty, problems = True, []
    for row in read_column(path, column):
        problem = row.problem or (None if (row.text or "").strip() else "no text")
        if problem:
            problems.append(f"row {row.row}: {problem}")
        else:
            is_empty = False
            yield f"{path} row {row.row}", row.text
    if is_empty:
        raise _nothing_in(f"column {column!r} of {path}")
    _note_left_out(f"{path}", "row", problems)


def _name(path: Path) -> str:
    return STANDARD_INPUT if str(path) == "-" else str(path)


def _content(path: Path, most: int = -1) -> bytes:
    if _name(path) == STANDARD_INPUT:
        return sys.stdin.buffer.read(most)
    _require_file(path)
    with path.open("rb") as file:
        return file.read(most)


def _require_file(path: Path) -> None:
    if not path.is_file():
        raise InputError(f"{path} is not there: name mail, mbox or text files, or a folder of them")


def _require_text(name: str, content: bytes, *, any_encoding: bool = False) -> None:
    if kind := binary_kind(content, any_encoding=any_encoding):
        raise InputError(f"{name} is not text: {kind}")


def _nothing_in(name: str) -> InputError:
    return InputError(f"{name} is empty: there is nothing to classify")


def _note_left_out(source: str, what: str, problems: list[str]) -> None:
    if problems:
        number = f"{len(problems):,} {what}{'s' * (len(problems) > 1)}"
        note(f"{number} of {source} left out, the first: {problems[0]}")


def _cut(name: str, text: str, most_characters: int) -> str:
    if len(text) > most_characters:
        note(f"{name} is cut: only its first {most_characters:,} characters are read")
    return text[:most_characters]
