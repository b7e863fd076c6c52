"""What a file is by its first bytes: text and how it is decoded, or something else."""

import codecs
import re
from typing import NamedTuple

from rnnops.core.errors import InputError

HEAD = 65_536  # bytes from a file's start that are looked at
MOST_BYTES = 32 * 2**20  # of one message with its attachments
_MAGIC = (
    (rb"\x89PNG\r\n\x1a\n", "PNG image"),
    (rb"\xff\xd8\xff", "JPEG image"),
    (rb"GIF8[79]a", "GIF image"),
    (rb"RIFF.{4}WEBP", "WebP image"),
    (rb"II\*\0|MM\0\*", "TIFF image"),
    (rb"RIFF.{4}WAVE|ID3[\x02-\x04]|OggS\0|fLaC\0", "audio"),
    (rb".{4}ftyp", "video or image of the MP4 family"),
    (rb"%PDF-", "PDF document"),
    (rb"\{\\rtf", "RTF document"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file of an older Microsoft Office or of Outlook"),
    (rb"PK\x03\x04.*\bword/", "Word document"),
    (rb"PK\x03\x04.*\bxl/", "Excel workbook"),
    (rb"PK\x03\x04.*\bppt/", "PowerPoint presentation"),
    (rb"PK\x03\x04.{26}mimetypeapplication/vnd\.oasis\.opendocument", "OpenDocument file"),
    (rb"PK\x03\x04.*\[Content_Types\]\.xml", "Microsoft Office document"),
    (rb"PK[\x03\x05][\x04\x06]", "ZIP archive"),
    (rb"\x1f\x8b", "gzip archive"),
    (rb"BZh[1-9]1AY&SY", "bzip2 archive"),
    (rb"\xfd7zXZ\0", "xz archive"),
    (rb"\x28\xb5\x2f\xfd", "Zstandard archive"),
    (rb"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (rb"Rar!\x1a\x07", "RAR archive"),
    (rb"PAR1\x15", "Parquet table"),
    (rb"SQLite format 3\0", "SQLite database"),
    (rb"\x7fELF|MZ.{0,400}PE\0\0", "program"),
)
_BYTE_ORDER_MARKS = (  # of UTF-32 first: it starts like UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAIL_START = re.compile(  # an mbox's envelope line, any header fields, one of mail's own
    rb"(?:From [^\n]*\n)?(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?"
    rb"(?:Received|Return-Path|Delivered-To|From|To|Subject|Date|Message-ID|MIME-Version):\s",
    re.IGNORECASE,
)
_ESCAPED_BYTES = re.compile("[\udc80-\udcff]+")
_CONTROLS = re.compile(rb"[\0-\x06\x0e-\x1a\x1c-\x1f]")
_MOST_CONTROLS = 0.01
_MOST_UNDECODABLE = 0.3  # more than any text that is mostly ASCII, whatever its encoding


class Encoding(NamedTuple):
    """How text is decoded; `errors` is what becomes of bytes that are not of the encoding."""

    name: str
    errors: str


_UTF_8 = Encoding("utf-8-sig", "surrogateescape")


def encoding_of(head: bytes) -> Encoding:
    """The encoding of a text: the one of its byte order mark, else UTF-8 with escaped bytes."""
    for mark, name in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return Encoding(name, "replace")
    return _UTF_8


def read_as_windows_1252(text: str) -> str:
    """`text`, decoded by `encoding_of`, with its escaped bytes read as Windows-1252."""
    return _ESCAPED_BYTES.sub(
        lambda found: found[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace"), text
    )


def looks_like_mail(content: bytes) -> bool:
    """Whether `content` starts as mail does: with header fields, one of them mail's own."""
    return _MAIL_START.match(content[:HEAD]) is not None


def require_text(name: str, head: bytes, *, any_encoding: bool = False) -> None:
    """Check that what starts with `head` is text, in any encoding where mail names it.

    Raises:
        InputError: saying what it is instead.
    """
    if kind := binary_kind(head, any_encoding=any_encoding):
        hint = ": unpack it first" if kind.endswith("archive") else ""
        raise InputError(f"{name} is not text: {kind}{hint}")


def binary_kind(head: bytes, *, any_encoding: bool = False) -> str | None:
    """What a file that starts with `head` is, in words, when it is not text that can be read.

    Args:
        any_encoding: bytes that are not UTF-8 are fine; mail names the encoding of each part.
    """
    head = head[:HEAD]
    for pattern, kind in _MAGIC:
        if re.match(pattern, head, re.DOTALL):
            return kind
    if not head or encoding_of(head) != _UTF_8:
        return None
    if len(_CONTROLS.findall(head)) > _MOST_CONTROLS * len(head):
        return "binary data"
    undecodable = sum("\udc80" <= c <= "\udcff" for c in head.decode("utf-8", "surrogateescape"))
    if undecodable > _MOST_UNDECODABLE * len(head) and not any_encoding:
        return "binary data, or text in another encoding: save it as UTF-8"
    return None
