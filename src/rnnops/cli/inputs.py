"""The messages to classify: from files, folders and standard input."""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from rnnops.cli.input_files import (
    STANDARD_INPUT,
    Found,
    read_cells,
    read_lines,
    read_messages,
    require_message,
    shown_name,
)
from rnnops.cli.input_tables import is_table, list_columns, read_column_names
from rnnops.core.console import note
from rnnops.core.errors import InputError
from rnnops.ingest.file_kinds import read_as_windows_1252
from rnnops.ingest.mail_folders import message_files
from rnnops.ingest.rows import MOST_CHARACTERS, clean, is_undecodable

BLOCK_CHARACTERS = 200_000
NamedText = tuple[str, str]
Reader = Callable[[Path], Iterator[Found]]


def read_texts(
    paths: list[Path],
    *,
    column: str | None = None,
    lines: bool = False,
    most_characters: int = MOST_CHARACTERS,
) -> Iterator[NamedText]:
    """The name and text of each message in the files; the path `-` is standard input.

    The files must exist when this is called; their content is checked while it is read.

    A file that starts like an mbox is one. A message is mail if its file's name ends in .eml or it
    starts like mail, else plain text. From a folder come mail, .txt files and files without a
    suffix, hidden ones aside; a note lists the rest and what cannot be read. Text that is neither
    UTF-8 nor has a byte order mark is read as Windows-1252, and a message that is too long is cut,
    both with a note.

    Args:
        column: the files are tables, packed or not, and each cell of this column is a message.
        lines: each line is a message.
        most_characters: a longer message is cut.

    Raises:
        InputError: for a file that does not exist or is not text, a table without `column`, or
            if there is nothing to read.
    """
    if column is not None and lines:
        raise InputError("--text and --lines exclude each other: is it a table or lines?")
    for path in paths:
        _require_readable(path)
    read: Reader = read_lines if lines else read_messages
    if column is not None:
        read = partial(read_cells, column=column)
    elif not lines:
        for path in paths:
            _refuse_table(path)
    return chain.from_iterable(_read_path(path, read, most_characters) for path in paths)


def group_into_blocks(
    texts: Iterable[NamedText], characters: int = BLOCK_CHARACTERS
) -> Iterator[list[NamedText]]:
    """The texts in order, in blocks of about so many characters that are classified at a time."""
    block, size = [], 0
    for named in texts:
        block.append(named)
        size += len(named[1])
        if size >= characters:
            yield block
            block, size = [], 0
    if block:
        yield block


class _Examples:
    """The first of several things that a note is about, and their number."""

    def __init__(self) -> None:
        self.first, self.number = "", 0

    def add(self, thing: str) -> None:
        self.first = self.first or thing
        self.number += 1

    def __str__(self) -> str:
        return f"{self.first}, and {self.number - 1:,} more" if self.number > 1 else self.first


def _require_readable(path: Path) -> None:
    if path == STANDARD_INPUT:
        return
    try:
        path.stat()
    except FileNotFoundError:
        raise InputError(
            f"{path} does not exist: name mail, mbox or text files, or a folder of them; `-` reads"
            " standard input"
        ) from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    if not os.access(path, os.R_OK):
        raise InputError(f"{path} cannot be read: permission denied")


def _refuse_table(path: Path) -> None:
    """Refuse a table without `--text`: it would be classified as one message."""
    if not is_table(path) or path.is_dir():
        return
    try:
        columns = f"its columns: {list_columns(read_column_names(path))}"
    except InputError as error:
        columns = str(error)
    raise InputError(f"{path} is a table: name a column, --text COLUMN; {columns}")


def _read_path(path: Path, read: Reader, most_characters: int) -> Iterator[NamedText]:
    left_out, not_utf_8, is_empty = _Examples(), _Examples(), True
    is_folder = path != STANDARD_INPUT and path.is_dir()
    for found in _read_folder(path, read) if is_folder else _read_file(path, read):
        if found.problem:
            left_out.add(found.problem)
            continue
        if len(found.text) > most_characters:
            note(f"{found.name} is cut: only its first {most_characters:,} characters are read")
        text = found.text[:most_characters]
        if is_undecodable(text):
            not_utf_8.add(found.name)
        is_empty = False
        yield found.name, clean(read_as_windows_1252(text))
    if is_empty:
        raise InputError(f"{shown_name(path)} holds nothing to classify: {left_out}")
    if left_out.number:
        note(f"left out: {left_out}")
    if not_utf_8.number:
        note(f"not UTF-8, read as Windows-1252: {not_utf_8}")


def _read_folder(folder: Path, read: Reader) -> Iterator[Found]:
    files = message_files(folder)
    if not files:
        yield Found(shown_name(folder), problem="the folder has no files")
    for file in files:
        try:
            if read is read_messages:
                require_message(file)
            yield from _read_file(file, read)
        except InputError as error:
            yield Found(shown_name(file), problem=str(error))


def _read_file(path: Path, read: Reader) -> Iterator[Found]:
    try:
        yield from read(path)
    except OSError as error:
        raise InputError(f"{shown_name(path)} cannot be read: {error.strerror}") from None
