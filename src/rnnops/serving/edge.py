"""What surrounds every request: who may ask, what is counted and logged, the answer's headers."""

import hmac
import json
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rnnops.serving.metrics import Metrics
from rnnops.serving.problems import Problem, to_response
from rnnops.serving.settings import LOOPBACK, Settings

GUARDED = frozenset({"/predict", "/explain", "/feedback", "/invocations", "/metrics"})
SCORING = frozenset({"/predict", "/explain", "/invocations"})
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SECURITY_HEADERS = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
]


class Edge:
    """The application, from outside.

    Args:
        routes: the paths that metrics tell apart; others are "other".
        when_full: why no message is taken now. It is asked before a body is read: above capacity
            what is refused costs those who are answered as little as can be.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        metrics: Metrics,
        routes: Iterable[str],
        when_full: Callable[[], Problem | None],
    ) -> None:
        self._app = app
        self._when_full = when_full
        self._settings = settings
        self._metrics = metrics
        self._seconds = {path: metrics.seconds.labels(path) for path in [*routes, "other"]}
        self._counts: dict[tuple[str, int], Any] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 499  # the client has gone before the answer

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *SECURITY_HEADERS]
            await send(message)

        try:
            if refusal := refuse(scope, self._settings) or self._refuse_when_full(scope):
                await to_response(refusal)(scope, receive, send_on)
            else:
                await self._app(_as_get(scope), receive, send_on)
        finally:
            self.record(scope, status, time.perf_counter() - started)

    def refuse_when_full(self, scope: Scope) -> Problem | None:
        """Why a request is refused above capacity; None if it is not, or not for that reason."""
        return None if refuse(scope, self._settings) else self._refuse_when_full(scope)

    def _refuse_when_full(self, scope: Scope) -> Problem | None:
        is_scoring = scope["path"] in SCORING and scope["method"] == "POST"
        return self._when_full() if is_scoring else None

    def record(self, scope: Scope, status: int, seconds: float) -> None:
        """Count an answered request, and log it if that is asked for."""
        path = scope["path"]
        route = path if path in self._seconds else "other"
        self._seconds[route].observe(seconds)
        count = self._counts.get((route, status))
        if count is None:
            count = self._metrics.requests.labels(route, status)
            self._counts[route, status] = count
        count.inc()
        if self._settings.access_log:
            log_access(scope, status, seconds)


def refuse(scope: Scope, settings: Settings) -> Problem | None:
    """Why a request is not even looked at, None if it is.

    A page of another origin may make a browser send requests, under another name of this server
    too (DNS rebinding): so the name that is asked for and the origin are checked.
    """
    host = origin = authorization = None
    for name, value in scope["headers"]:
        if name == b"host":
            host = value.decode("latin-1")
        elif name == b"origin":
            origin = value.decode("latin-1")
        elif name == b"authorization":
            authorization = value
    names = settings.accepted_names
    if names is not None and host_name(host or "") not in names:
        return Problem(
            421,
            f"the server has not the name {(host or '')[:80]!r}: `--allow-host` adds a name",
        )
    is_post = scope["method"] not in ("GET", "HEAD", "OPTIONS")
    if is_post and origin is not None and not is_same_origin(origin, host, names):
        return Problem(403, f"requests from pages of {origin[:80]!r} are refused")
    if scope["path"] in GUARDED and not is_authorized(authorization, settings.token):
        return Problem(
            401,
            "the server needs a token: send `Authorization: Bearer TOKEN`",
            {"WWW-Authenticate": "Bearer"},
        )
    return None


def host_name(authority: str) -> str:
    """The name or address in a Host header, without port and brackets, in lower case."""
    with suppress(ValueError):
        return urlsplit(f"//{authority}").hostname or ""
    return ""


def is_same_origin(origin: str, host: str | None, names: frozenset[str] | None) -> bool:
    """Whether a request to `host` comes from its own pages, or those of the other `names`."""
    with suppress(ValueError):
        found = urlsplit(origin)
        if found.netloc and found.netloc.lower() == (host or "").lower():
            return True
        return names is not None and found.hostname in names - LOOPBACK
    return False


def is_authorized(header: bytes | None, token: str | None) -> bool:
    """Whether an Authorization header holds the token; compared in constant time."""
    if token is None:
        return True
    scheme, _, sent = (header or b"").partition(b" ")
    return hmac.compare_digest(sent.strip(), token.encode()) and scheme.lower() == b"bearer"


def log_access(scope: Scope, status: int, seconds: float) -> None:
    """One JSON line on standard error, without anything of a message."""
    client = scope.get("client")
    line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "method": scope["method"],
        "path": scope["path"][:200],
        "status": status,
        "ms": round(1000 * seconds, 2),
        **scope["state"].get("logged", {}),
        "client": client[0] if client else None,
    }
    with suppress(OSError, ValueError):  # whoever read the log has gone
        sys.stderr.write(json.dumps(line) + "\n")
        sys.stderr.flush()


def _as_get(scope: Scope) -> Scope:
    """A request for headers alone is answered as one for all; uvicorn leaves out the body."""
    return {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
