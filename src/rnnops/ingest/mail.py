"""One e-mail's readable text: its subject and its body, and never another header."""

import email
import re
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

from rnnops.ingest.html_text import html_to_text, looks_like_html
from rnnops.ingest.mail_codecs import decode_base64, decode_bytes, decode_header
from rnnops.ingest.rows import clean

_YEARS = range(1970, 2101)
_NOT_FOR_READING = {"text/rfc822-headers", "text/calendar", "text/directory", "text/x-vcard"}
_FIRST_PART = re.compile(r"^--(\S.*?)[ \t]*\r?\nContent-Type:", re.IGNORECASE | re.MULTILINE)
_META_CHARSET = re.compile(rb"<meta[^>]{1,200}charset=[\"']?([\w-]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Mail:
    """`text` is the subject, a blank line and the body; `received_at` is the Date header in UTC."""

    text: str
    received_at: datetime | None


def parse_mail(raw: bytes) -> Mail:
    """The readable text of one message, whatever state it is in; never raises."""
    try:
        message = email.message_from_bytes(raw)
        body = _body(message, attachments=False) or _body(message, attachments=True)
    except RecursionError:  # parts nested without end: read it as one
        message = BytesParser().parsebytes(raw, headersonly=True)
        body = _text_of(message)
    subject = decode_header(_header(message, "subject"))
    parts = (clean(part).strip() for part in (subject, body))
    return Mail("\n\n".join(part for part in parts if part), _date(_header(message, "date")))


def _body(message: Message, *, attachments: bool, inner: bool = False) -> str:
    """The readable text of a message or part; attachments count only when asked for."""
    if inner and not attachments and _is_attachment(message):
        return ""
    if not message.is_multipart():
        message = _with_its_parts(message)
    if not message.is_multipart():
        return _text_of(message)
    parts = [part for part in message.get_payload() if isinstance(part, Message)]
    texts = [
        (part.get_content_type(), _body(part, attachments=attachments, inner=True))
        for part in parts
    ]
    texts = [(kind, text) for kind, text in texts if text.strip()]
    if message.get_content_type() == "multipart/alternative":
        texts = sorted(texts, key=lambda text: text[0] != "text/plain")[:1]
    return "\n\n".join(text.strip() for _, text in texts)


def _with_its_parts(message: Message) -> Message:
    """`message` split at the boundary its body shows when its headers tell none or a wrong one."""
    declared = _header(message, "content-type").strip()
    if declared and message.get_content_maintype() != "multipart":
        return message
    body = _decoded(message)
    boundary = _FIRST_PART.search(body[:2000].decode("latin-1"))
    if not boundary:
        return message
    mixed = declared and message.get_content_subtype() != "alternative"
    kind = "mixed" if mixed else "alternative"
    header = f'Content-Type: multipart/{kind}; boundary="{boundary[1]}"\n\n'
    return email.message_from_bytes(header.encode("latin-1") + body)


def _is_attachment(part: Message) -> bool:
    named = part.get_param("filename", None, "content-disposition") is not None
    return named or part.get_content_disposition() == "attachment"


def _text_of(part: Message) -> str:
    """The text of a part that has no parts; a broken multipart is read as the text it is."""
    kind = part.get_content_type()
    if part.get_content_maintype() not in ("text", "multipart") or kind in _NOT_FOR_READING:
        return ""
    payload = _payload(part)
    charset = part.get_content_charset()
    if not charset and (declared := _META_CHARSET.search(payload[:4096])):
        charset = declared[1].decode("ascii")
    text = decode_bytes(payload, charset)
    return html_to_text(text) if kind == "text/html" or looks_like_html(text) else text


def _payload(part: Message) -> bytes:
    """The bytes of a part, its transfer encoding undone as far as it can be."""
    encoding = _header(part, "content-transfer-encoding").strip().lower()
    if encoding.startswith("base64"):
        part = copy(part)
        del part["content-transfer-encoding"]  # the library's base64 gives up where ours goes on
        return decode_base64(_decoded(part))
    return _decoded(part)


def _decoded(part: Message) -> bytes:
    """The payload as the library decodes it, empty where there is none."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _header(message: Message, name: str) -> str:
    """The first header of that name as it stands, undecodable bytes escaped, or ""."""
    return next((value for key, value in message.raw_items() if key.lower() == name), "")


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
        date = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return date if date.year in _YEARS else None
