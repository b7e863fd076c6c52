"""Why rows wait in the quarantine, and what to do about it."""

from collections.abc import Mapping

OTHER_ENCODING = "set read.encoding to the one the file was saved in, such as cp1252 on Windows"
_REMEDIES = {  # by how the reason starts
    "undecodable": OTHER_ENCODING,
    "wrong number of fields": "quote texts that hold the delimiter, or set read.delimiter",
    "unknown label": "read.labels names the labels to keep",
}


def list_reasons(reasons: Mapping[str, int]) -> str:
    """How many rows wait for which reason, the most frequent first, each with its remedy."""
    ordered = sorted(reasons.items(), key=lambda item: -item[1])
    return ", ".join(f"{count:,} {reason}{_remedy(reason)}" for reason, count in ordered)


def _remedy(reason: str) -> str:
    return next(
        (f" ({remedy})" for start, remedy in _REMEDIES.items() if reason.startswith(start)), ""
    )
