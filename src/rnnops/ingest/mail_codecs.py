"""Decoding what mail says about its own encoding, and what to make of it when that is wrong."""

import binascii
import codecs
import re

# Mail names these charsets and uses the larger ones that browsers read them as.
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
_ENCODED_WORD = re.compile(r"=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bq])\?(.{0,2000}?)\?=", re.IGNORECASE)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_FOLD = re.compile(r"\r?\n(?=[ \t])")


def decode_bytes(data: bytes, charset: str | None) -> str:
    """`data` as text: by the declared charset, else UTF-8, Windows-1252, Latin-1. Never fails."""
    declared = _codec(charset)
    candidates = [_SUPERSETS.get(declared, declared), "utf-8", "cp1252"]
    if candidates[0] == "cp1252":  # ASCII is often a mail program's default, not the charset
        candidates = ["utf-8", "cp1252"] if declared == "ascii" else ["cp1252"]
    for candidate in filter(None, candidates):
        try:
            return data.decode(candidate)
        except (LookupError, ValueError):
            continue
    return data.decode("latin-1")


def _codec(charset: str | None) -> str:
    """The name of Python's codec for any of the charset's names; empty if it has none."""
    try:
        return codecs.lookup((charset or "").strip()).name
    except (LookupError, ValueError):
        return ""


def decode_header(value: str) -> str:
    """A header's text, unfolded, its RFC 2047 words decoded, broken ones as far as they go."""
    value = _FOLD.sub("", value)
    decoded: list[str] = []
    pending, pending_charset, end = b"", "", 0
    for word in _ENCODED_WORD.finditer(value):
        between = value[end : word.start()]
        charset, end = word[1].lower(), word.end()
        # Words side by side are one text; a character may even be cut in two between them.
        if between.strip() or charset != pending_charset:
            decoded.append(decode_bytes(pending, pending_charset))
            pending = b""
            if between.strip() or not pending_charset:
                decoded.append(_raw(between))
        pending, pending_charset = pending + _decode_word(word[2], word[3]), charset
    decoded += [decode_bytes(pending, pending_charset), _raw(value[end:])]
    return " ".join("".join(decoded).split())


def decode_base64(data: bytes) -> bytes:
    """Base64 as found in mail: bad padding, stray characters, plain text appended by mailing lists.

    Text that is not base64 from its first line on is returned as it is.
    """
    decoded: list[bytes] = []
    chunk: list[bytes] = []
    lines = data.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if not _is_base64(line.strip()):
            decoded += [_decode_chunk(b"".join(chunk)), b"\n" if number else b"", *lines[number:]]
            return b"".join(decoded)
        chunk.append(line)
        if line.rstrip().endswith(b"="):  # padding ends a chunk: some mail glues several together
            decoded.append(_decode_chunk(b"".join(chunk)))
            chunk = []
    return b"".join([*decoded, _decode_chunk(b"".join(chunk))])


def _is_base64(line: bytes) -> bool:
    strays = len(_NOT_BASE64.findall(line.rstrip(b"=")))
    return len(line.split()) <= 1 and strays <= len(line) / 10


def _decode_chunk(chunk: bytes) -> bytes:
    digits = _NOT_BASE64.sub(b"", chunk)
    if len(digits) % 4 == 1:  # six bits left over are no byte
        digits = digits[:-1]
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))


def _decode_word(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    if encoding in "bB":
        return _decode_chunk(data)
    return binascii.a2b_qp(data, header=True)


def _raw(text: str) -> str:
    """Header text outside encoded words; bytes the parser escaped get a charset by recovery."""
    return decode_bytes(text.encode("utf-8", "surrogateescape"), None)
