"""Which name was probably meant by one that is not there."""

import difflib
from collections.abc import Iterable


def suggest(wanted: str, known: Iterable[str]) -> str:
    """The end of an error, such as `; did you mean 'label'?`; empty where nothing is close.

    Args:
        known: the names that are there; case is ignored when they are compared.
    """
    names = {name.lower(): name for name in known if name != wanted}
    close = difflib.get_close_matches(wanted.lower(), names, n=1)
    return f"; did you mean {names[close[0]]!r}?" if close else ""
