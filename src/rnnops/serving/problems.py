"""Errors as clients get them: problem details (RFC 9457), one sentence each."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 - it is one for the client
    """A request that is not answered as it wishes: the status, and a sentence on why."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


def busy(detail: str, seconds: int = 1) -> Problem:
    """The server cannot take this now: the client may try again in some seconds."""
    return Problem(503, detail, {"Retry-After": str(seconds)})


def describe(problem: Problem) -> bytes:
    """The body of the answer."""
    return json.dumps(
        {
            "type": "about:blank",
            "title": HTTPStatus(problem.status).phrase,
            "status": problem.status,
            "detail": problem.detail,
        }
    ).encode()


def to_response(problem: Problem) -> Response:
    """The whole answer."""
    headers = dict(problem.headers) if problem.headers else None
    return Response(describe(problem), problem.status, headers, MEDIA_TYPE)
