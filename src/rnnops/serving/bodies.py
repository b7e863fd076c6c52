"""From the body of a request to its messages: JSON, a raw e-mail, a text or a form."""

import json
import re
from email.message import Message as Headers
from itertools import islice
from typing import Any, NamedTuple

from rnnops.core.errors import InputError
from rnnops.ingest.file_kinds import (
    encoding_of,
    looks_like_mail,
    read_as_windows_1252,
    require_text,
)
from rnnops.runtime.scoring_worker import Message
from rnnops.serving.charsets import codec_of
from rnnops.serving.forms import Part, split_form
from rnnops.serving.problems import Problem

ACCEPTED = "application/json, message/rfc822, text/plain or multipart/form-data"
MOST_CHARACTERS_OF_A_TYPE = 1000  # their parser takes quadratic time
MOST_JSON_BYTES = 8 * 1024 * 1024
SMALL_JSON_BYTES = 64 * 1024  # whatever it holds, its values take little memory
TOKENS_A_MESSAGE = 100  # strings, commas and brackets: a frame may have columns that are not read
# A string, to the end if it is not closed, or one that starts or separates values.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{,]', re.DOTALL)


class ContentType(NamedTuple):
    """The media type of a body or part, in lower case, and its parameters."""

    name: str
    parameters: dict[str, str]


def read_messages(content_type: str, body: bytes, most: int) -> list[Message]:
    """The messages in the body of a request, raw e-mails as bytes.

    Args:
        content_type: the header.
        most: messages that it may have.

    Raises:
        Problem: when the body is not what its type says, or has no message or too many.
    """
    name, parameters = parse_content_type(content_type)
    if name == "application/json":
        return read_json_messages(parse_json(content_type, body, most), most)
    if name == "multipart/form-data":
        parts = split_form(parameters.get("boundary", ""), body, most)
        messages = [_read_part(part) for part in parts if part.content.strip()]
        if not messages:
            raise Problem(422, "the form has no message: fill its field `text`, or add a file")
        return messages
    if name not in ("message/rfc822", "text/plain"):
        sent = f"Content-Type is {name}" if name else "Content-Type is missing"
        raise Problem(415, f"{sent}: send {ACCEPTED}")
    if not body.strip():
        raise Problem(422, "the body is empty: send a message")
    if name == "message/rfc822":
        return [_require_text("the body", body, is_mail=True)]
    return [decode_text("the body", body, parameters.get("charset"))]


def parse_content_type(value: str) -> ContentType:
    """The parts of a Content-Type header; the name is empty for what is none.

    Raises:
        Problem: when it is too long or cannot be parsed.
    """
    if not value or value == "application/json":
        return ContentType(value, {})
    if len(value) > MOST_CHARACTERS_OF_A_TYPE:
        raise Problem(400, f"Content-Type has more than {MOST_CHARACTERS_OF_A_TYPE:,} characters")
    headers = Headers()
    headers["content-type"] = value.replace("\r", " ").replace("\n", " ")
    try:
        found = headers.get_params(failobj=[("", "")])
    except ValueError:  # the number of a parameter's section (RFC 2231) may be too long
        raise Problem(400, "Content-Type cannot be parsed") from None
    parameters = {key.lower(): str(each) for key, each in found[1:]}
    return ContentType(found[0][0].lower(), parameters)


def is_json(content_type: str) -> bool:
    """Whether a body is declared as JSON; raises `Problem` for a header that cannot be parsed."""
    return parse_content_type(content_type).name == "application/json"


def parse_json(content_type: str, body: bytes, most: int) -> Any:
    """The value in a JSON body.

    Args:
        most: messages that it may have; a large body may have so many values.

    Raises:
        Problem: when it is no JSON, or too large to be parsed.
    """
    if content_type != "application/json":
        name, parameters = parse_content_type(content_type)
        if name != "application/json":
            raise Problem(
                415, "the body is not declared as JSON: send Content-Type application/json"
            )
        charset = parameters.get("charset", "utf-8")
        if charset.lower() not in ("utf-8", "utf8"):
            raise Problem(415, "the charset of JSON is UTF-8 (RFC 8259): send it as UTF-8")
    _require_few_values(body, most)
    try:
        return json.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Problem(400, f"the body is not UTF-8: byte {error.start:,} is none of it") from None
    except RecursionError:
        raise Problem(400, "the JSON is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise Problem(400, f"the body is not JSON: {error}") from None
    except ValueError:
        raise Problem(400, "the JSON has a number that is too long") from None


def _require_few_values(body: bytes, most: int) -> None:
    """Raise `Problem` for JSON with many values: each takes up to 30 times its bytes in memory."""
    tokens = TOKENS_A_MESSAGE * most
    if len(body) > SMALL_JSON_BYTES and any(islice(_TOKEN.finditer(body), tokens, None)):
        raise Problem(413, f"the JSON has more than {tokens:,} strings, commas and brackets")


def read_json_messages(value: Any, most: int) -> list[Message]:
    """The messages of {"text": "…"} or {"texts": ["…", …]}; raises `Problem` for anything else."""
    if not isinstance(value, dict) or len(value) != 1 or value.keys() - {"text", "texts"}:
        raise Problem(422, 'the body is neither {"text": "…"} nor {"texts": ["…", …]}')
    ((key, found),) = value.items()
    if key == "text":
        return [require_string("text", found)]
    if not isinstance(found, list):
        raise Problem(422, f"texts is {json_name(found)}: send an array of strings")
    if not found:
        raise Problem(422, "texts is empty: send at least one message")
    require_number(len(found), most)
    return [require_string(f"texts[{place}]", text) for place, text in enumerate(found)]


def require_number(messages: int, most: int) -> None:
    """Raise `Problem` if a request has more than `most` messages."""
    if messages > most:
        raise Problem(
            413, f"the request has {messages:,} messages: send at most {most:,} at a time"
        )


def require_string(name: str, value: Any) -> str:
    """`value`, called `name`; raises `Problem` unless it is a string."""
    if not isinstance(value, str):
        raise Problem(422, f"{name} is {json_name(value)}: send a string")
    return value


def json_name(value: Any) -> str:
    """What a value is, in JSON's words."""
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string"}
    names |= {list: "an array", dict: "an object"}
    return names.get(type(value), "null")


def decode_text(name: str, content: bytes, charset: str | None) -> str:
    """The text that `content` is in `charset`; without one as `rnnops predict` reads a file.

    Raises:
        Problem: when it is not text, or the charset is not supported or not the content's.
    """
    if charset is None:
        _require_text(name, content, is_mail=False)
        return read_as_windows_1252(content.decode(*encoding_of(content)))
    try:
        return content.decode(require_codec(charset))
    except UnicodeDecodeError:
        raise Problem(422, f"{name} is not text in the charset {charset[:40]!r}") from None


def require_codec(charset: str) -> str:
    """Python's codec of a charset; raises `Problem` when it is not supported."""
    if codec := codec_of(charset):
        return codec
    raise Problem(415, f"the charset {charset[:40]!r} is not supported: send UTF-8")


def _read_part(part: Part) -> Message:
    """The message in a part of a form."""
    kind, parameters = parse_content_type(part.content_type)
    if part.file_name is None:
        if part.name != "text":
            raise Problem(
                422, f"the form has a field {part.name[:40]!r}: send fields `text`, and files"
            )
        return decode_text("the field `text`", part.content, parameters.get("charset", "utf-8"))
    name = part.file_name[:100] or "the file"
    if (
        kind == "message/rfc822"
        or part.file_name.lower().endswith(".eml")
        or looks_like_mail(part.content)
    ):
        return _require_text(name, part.content, is_mail=True)
    return decode_text(name, part.content, parameters.get("charset"))


def _require_text(name: str, content: bytes, *, is_mail: bool) -> bytes:
    try:
        require_text(name, content, any_encoding=is_mail)
    except InputError as error:
        raise Problem(422, str(error)) from None
    return content
