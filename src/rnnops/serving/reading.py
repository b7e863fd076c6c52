"""Reading the body of a request, whatever its client sends, within bounds."""

import asyncio
from collections.abc import Mapping

from starlette.types import Receive

from rnnops.serving.bodies import MOST_JSON_BYTES, is_json
from rnnops.serving.budget import Share
from rnnops.serving.problems import Problem
from rnnops.serving.settings import Limits

BYTES_OF_JSON = 5  # in memory, for each one sent: a character of a string takes up to four more


class Disconnected(Exception):  # noqa: N818 - no error of anybody's
    """The client has gone."""


async def read_body(
    receive: Receive, headers: Mapping[str, str], limits: Limits, share: Share
) -> bytes:
    """The body of a request.

    Args:
        share: what it takes of the memory for bodies.

    Raises:
        Problem: for a body that is too large or comes too slowly, when there is no memory for it,
            and for one that is packed.
        Disconnected: when the client goes before it has sent all.
    """
    is_of_json = is_json(headers.get("content-type", ""))
    most = min(limits.body_bytes, MOST_JSON_BYTES) if is_of_json else limits.body_bytes
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "the body has a Content-Encoding: send it unpacked")
    declared = headers.get("content-length", "0")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > most:
        raise _too_large(most)
    chunks: list[bytes] = []
    size, is_complete = 0, False
    try:
        async with asyncio.timeout(limits.seconds):
            while not is_complete:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Disconnected
                chunk: bytes = message.get("body", b"")
                share.take(len(chunk) * (BYTES_OF_JSON if is_of_json else 1))
                size += len(chunk)
                if size > most:
                    raise _too_large(most)
                chunks.append(chunk)
                is_complete = not message.get("more_body", False)
    except TimeoutError:
        detail = f"the body did not come within {limits.seconds:g} seconds: send it faster"
        raise Problem(408, detail, {"Connection": "close"}) from None
    return b"".join(chunks)


def _too_large(most: int) -> Problem:
    return Problem(413, f"the body has more than {most:,} bytes: send fewer messages")


async def wait_for_disconnect(receive: Receive) -> None:
    """Return when the client has gone; the body has been read before."""
    while (await receive())["type"] != "http.disconnect":
        pass
