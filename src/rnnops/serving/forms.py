"""The parts of a multipart/form-data body (RFC 7578)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from rnnops.serving.problems import Problem

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks


@dataclass(frozen=True)
class Part:
    """A field of a form: `file_name` is None unless it is a file."""

    name: str
    file_name: str | None
    content_type: str
    content: bytes


class _Parts:
    """Collects the parts as the parser finds them."""

    def __init__(self, most: int) -> None:
        self.found: list[Part] = []
        self._most = most
        self._headers: dict[bytes, bytes] = {}
        self._field, self._value, self._content = bytearray(), bytearray(), bytearray()
        self.is_complete = False

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._field.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_part_data": lambda data, start, end: self._content.extend(data[start:end]),
            "on_part_end": self._end,
            "on_end": self._complete,
        }

    def _begin(self) -> None:
        if len(self.found) == self._most:
            raise Problem(413, f"the form has more than {self._most:,} parts: send fewer")
        self._headers = {}
        self._content = bytearray()

    def _end_header(self) -> None:
        self._headers[bytes(self._field).lower()] = bytes(self._value)
        self._field, self._value = bytearray(), bytearray()

    def _end(self) -> None:
        _, named = parse_options_header(self._headers.get(b"content-disposition", b""))
        file_name = named.get(b"filename")
        self.found.append(
            Part(
                named.get(b"name", b"").decode("utf-8", "replace"),
                None if file_name is None else file_name.decode("utf-8", "replace"),
                self._headers.get(b"content-type", b"").decode("latin-1"),
                bytes(self._content),
            )
        )

    def _complete(self) -> None:
        self.is_complete = True


def split_form(boundary: str, body: bytes, most: int) -> list[Part]:
    """The parts of `body`, in their order.

    Raises:
        Problem: when there are more than `most` parts, or the body is no form with this boundary.
    """
    parts = _Parts(most)
    try:
        parser = MultipartParser(boundary.encode("latin-1", "replace"), parts.callbacks())
        parser.write(body)
    except (FormParserError, UnicodeError) as error:
        raise Problem(400, f"the form cannot be read: {error}") from None
    if not boundary or not parts.is_complete:
        raise Problem(400, "the form is cut off, or its Content-Type names another boundary")
    return parts.found
