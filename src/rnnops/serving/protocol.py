"""HTTP connections: headers within bounds of time and size, and refusals that cost little."""

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from rnnops.serving.edge import SECURITY_HEADERS
from rnnops.serving.problems import Problem, to_response

SECONDS_FOR_HEADERS = 10
HEADER_BYTES = 64 * 1024  # and what one read brings, some more


class BoundedProtocol(HttpToolsProtocol):
    """Uvicorn's protocol; a connection that sends no request, or no end of one's header, ends.

    The application is an `Edge`. Above capacity most requests are refused, and what that costs is
    missing from the others: they are refused before a task for them is started.
    """

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

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        """Hand a request to the application, or refuse it in its name with a single write."""
        waits_for_client = self.flow.write_paused or self.pipeline
        refusal = None if waits_for_client else app.refuse_when_full(cycle.scope)
        if refusal is None:
            super()._start_asgi_task(cycle, app)
            return
        cycle.response_started = cycle.response_complete = True
        self._write(refusal, is_last=not cycle.keep_alive)
        app.record(cycle.scope, refusal.status, 0.0)
        cycle.on_response()

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
            self._write(problem, is_last=True)
        else:
            self.transport.close()

    def _write(self, problem: Problem, *, is_last: bool) -> None:
        """Answer with one write, and end the connection after the last answer."""
        response = to_response(problem)
        headers = [*self.server_state.default_headers, *response.raw_headers, *SECURITY_HEADERS]
        if is_last:
            headers.append((b"connection", b"close"))
        lines = b"".join([b"%b: %b\r\n" % header for header in headers])
        phrase = HTTPStatus(problem.status).phrase.encode()
        head = b"HTTP/1.1 %d %b\r\n%b\r\n" % (problem.status, phrase, lines)
        self.transport.write(head + response.body)
        if is_last:
            self.transport.close()
