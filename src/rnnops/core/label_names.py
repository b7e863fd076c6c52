"""Labels in messages: at most five, long ones cut, right-to-left ones isolated."""

from collections.abc import Mapping, Sequence

from rnnops.core.bidi import isolate

_SHOWN = 5
_MOST_CHARACTERS = 40


def quote_label(label: str) -> str:
    """A label within a sentence."""
    return isolate(repr(_cut(label)))


def list_labels(labels: Sequence[str]) -> str:
    """The first few labels, and how many others there are."""
    return _and_others([quote_label(label) for label in labels[:_SHOWN]], len(labels))


def list_counts(counts: Mapping[str, int]) -> str:
    """The first few labels with their counts, and how many others there are."""
    first = [
        f"{count:,} {isolate(_cut(' '.join(label.split())))}"
        for label, count in list(counts.items())[:_SHOWN]
    ]
    return _and_others(first, len(counts))


def _cut(label: str) -> str:
    return label if len(label) <= _MOST_CHARACTERS else f"{label[:_MOST_CHARACTERS]}…"


def _and_others(first: list[str], number: int) -> str:
    others = number - len(first)
    more = f" and {others:,} other{'s' * (others > 1)}" if others else ""
    return ", ".join(first) + more
