"""What every reader yields: one record of a source, usable or not."""

import codecs
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from rnnops.core.errors import InputError

MOST_CHARACTERS = 1_000_000  # of a message that are classified

_LINE_ENDS = re.compile(r"\r\n?")
_SURROGATES = re.compile("[\ud800-\udfff]")
_ESCAPED_BYTES = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Row:
    """One record as it was read.

    Attributes:
        file: where it is, relative to the dataset's root.
        row: line number of its start in text files, else 1-based position; None for a file alone.
        source: the folder or file it is reported under, or the source column's value.
        text: what the model would see.
        label: as written in the file, or the folder's label.
        content: the record itself, raw for mail, for people who look into the quarantine.
        received_at: a time, or text that may say one.
        problem: why the record cannot be used, when its reader already knows.
    """

    file: str
    row: int | None
    source: str
    text: str | None
    label: str | None
    content: bytes | str
    received_at: datetime | str | None = None
    problem: str | None = None

    @property
    def identity(self) -> bytes:
        """What makes it this message whatever its label: the raw mail, or a table's text."""
        return self.content if isinstance(self.content, bytes) else (self.text or "").encode()


def clean(text: str) -> str:
    """`text` with Unix line ends and nothing that UTF-8 cannot hold; NULs are dropped."""
    return _SURROGATES.sub("\ufffd", _LINE_ENDS.sub("\n", text).replace("\0", ""))


def normalised(text: str) -> str:
    """What two texts share that are the same: Unicode's form NFKC, runs of white space as one."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def is_hidden(path: PurePath) -> bool:
    """Whether a part of `path` starts with a dot or is what macOS adds to archives."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def text_encoding(name: str) -> str:
    """Python's name of the encoding `read.encoding` names; of UTF-8 the one that drops a BOM.

    Raises:
        InputError: when Python knows no such encoding of text.
    """
    try:
        "".encode(name)  # "hex" is a codec, but not of text
        encoding = codecs.lookup(name).name
    except LookupError:
        raise InputError(f"read.encoding: {name!r} is not a known encoding") from None
    return "utf-8-sig" if encoding == "utf-8" else name


def is_undecodable(text: str) -> bool:
    """Whether decoding with `surrogateescape` had to escape a byte of `text`."""
    return _ESCAPED_BYTES.search(text) is not None


def printable(content: bytes | str) -> str:
    r"""`content` for a person to read, undecodable bytes as \xNN."""
    if isinstance(content, bytes):
        content = content.decode("utf-8", "surrogateescape")
    return clean(_ESCAPED_BYTES.sub(lambda found: f"\\x{ord(found[0]) - 0xDC00:02x}", content))
