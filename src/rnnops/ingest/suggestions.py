"""Which name was probably meant by one that is not there."""

import difflib
from collections.abc import Iterable

from rnnops.ingest.rows import printable


def did_you_mean(wanted: str, known: Iterable[str]) -> str:
    """The name in `known` that `wanted` was probably meant to be, as a question; "" without one."""
    close = difflib.get_close_matches(wanted, [name for name in known if name != wanted], n=1)
    return f", did you mean {printable(close[0])!r}?" if close else ""
