"""HTTP connections whose headers come within bounds of time and size."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from rnnops.serving.problems import MEDIA_TYPE, Problem, describe

SECONDS_FOR_HEADERS = 10
HEADER_BYTES = 64 * 1024  # and what one read brings, some more


class BoundedProtocol(HttpToolsProtocol):
    """Uvicorn's protocol; a connection that sends no request, or no end of one's header, ends."""

    _deadline: asyncio.TimerHandle | None = None
    _header_bytes = 0  # that have come of a header, while it is not complete

    def connection_made(self, transport: Any) -> None:
        """Expect a request."""
        super().connection_made(transport)
        self._expect_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        self._expect_nothing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless a header grows without end."""
        super().data_received(data)
        if self._deadline is not None:
            self._header_bytes += len(data)
            if self._header_bytes > HEADER_BYTES:
                self._expect_nothing()
                self._refuse(Problem(431, f"the header has more than {HEADER_BYTES:,} bytes"))

    def on_message_begin(self) -> None:
        """Expect the header's end."""
        self._expect_headers()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Hand the request on."""
        self._expect_nothing()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Answer what is no HTTP."""
        self._expect_nothing()
        self._refuse(Problem(400, "the request is not valid HTTP"))

    def _expect_headers(self) -> None:
        self._expect_nothing()
        self._header_bytes = 0
        self._deadline = self.loop.call_later(SECONDS_FOR_HEADERS, self._give_up)

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.close()

    def _refuse(self, problem: Problem) -> None:
        """Answer, if no other answer is under way, and end the connection."""
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            body = describe(problem)
            head = (
                f"HTTP/1.1 {problem.status} \r\ncontent-type: {MEDIA_TYPE}\r\n"
                f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
            )
            self.transport.write(head.encode() + body)
        self.transport.close()
