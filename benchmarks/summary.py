"""The statistics, all of them: medians over rounds, and ratios of what one round measured."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Comparison:
    """Ours against the best of the others, by their names; `against` is what the table calls it."""

    against: str
    ours: str
    others: tuple[str, ...]


def spread(values: Sequence[float]) -> dict[str, float]:
    """`median`, `min` and `max`, in the unit of `values`."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def times_as_fast(ours: Sequence[float], other: Sequence[float]) -> dict[str, Any]:
    """How many times as long the other took, from one measurement a round.

    Returns:
        `of_medians`, the other's median by ours, and `by_round`, the spread of each round's ratio.
    """
    return {
        "of_medians": statistics.median(other) / statistics.median(ours),
        "by_round": spread([right / left for left, right in zip(ours, other, strict=True)]),
    }


def compare(measured: dict[str, list[float]], comparison: Comparison) -> dict[str, Any] | None:
    """Ours against the other with the lowest median; None where either side failed.

    Args:
        measured: seconds by contender, one a round.

    Returns:
        `against`, `ours` and `best` (names), and what `times_as_fast` returns.
    """
    others = [name for name in comparison.others if name in measured]
    if comparison.ours not in measured or not others:
        return None
    best = min(others, key=lambda name: statistics.median(measured[name]))
    return {
        "against": comparison.against,
        "ours": comparison.ours,
        "best": best,
        **times_as_fast(measured[comparison.ours], measured[best]),
    }


def summarize(
    cell: dict[str, Any],
    measured: dict[str, list[float]],
    failed: dict[str, str],
    comparisons: Sequence[Comparison],
) -> dict[str, Any]:
    """A cell's result: what `duel` returned with the statistics of it.

    Returns:
        `cell`, its settings; `measured` and `failed`; `seconds`, the spread by contender;
        `comparisons`, those that could be made.
    """
    compared = (compare(measured, comparison) for comparison in comparisons)
    return {
        "cell": cell,
        "measured": measured,
        "failed": failed,
        "seconds": {name: spread(values) for name, values in measured.items()},
        "comparisons": [one for one in compared if one is not None],
    }


def lowest(cells: Sequence[dict[str, Any]], against: Sequence[str]) -> dict[str, float] | None:
    """Spread of the ratio by round where its median is lowest, of comparisons `against` those.

    None where nothing was compared.
    """
    found = [
        compared["by_round"]
        for cell in cells
        for compared in cell["comparisons"]
        if compared["against"] in against
    ]
    return min(found, key=lambda ratio: ratio["median"], default=None)
