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


def fastest(measured: dict[str, list[float]], names: Sequence[str]) -> str | None:
    """The contender of `names` with the lowest median; None where none of them was measured."""
    there = [name for name in names if name in measured]
    return min(there, key=lambda name: statistics.median(measured[name]), default=None)


def compare(measured: dict[str, list[float]], comparison: Comparison) -> dict[str, Any] | None:
    """Ours against the other with the lowest median; None where either side failed.

    Args:
        measured: seconds by contender, one a round.

    Returns:
        `against`, `ours` and `best` (names), and what `times_as_fast` returns.
    """
    best = fastest(measured, comparison.others)
    if comparison.ours not in measured or best is None:
        return None
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
    preparation: dict[str, float],
    comparisons: Sequence[Comparison],
) -> dict[str, Any]:
    """A cell's result: what `duel` returned with the statistics of it.

    Returns:
        `cell`, its settings; `measured`, `failed` and `preparation` (seconds to start, compile and
        warm up, which are in no measurement); `seconds`, the spread by contender;
        `comparisons`, those that could be made.
    """
    compared = (compare(measured, comparison) for comparison in comparisons)
    return {
        "cell": cell,
        "measured": measured,
        "failed": failed,
        "preparation": preparation,
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


def times_by_batching(
    measured: dict[str, list[float]], names: dict[str, dict[str, list[str]]], ours: str
) -> dict[str, dict[str, Any]]:
    """The fastest contender of each layer on each kind of batches, and our layer against it.

    Args:
        measured: seconds by contender, one a round.
        names: by layer and kind of batches, its contenders.
        ours: the layer that the others are compared with.

    Returns:
        By layer and kind of batches: `best` (name), `seconds` (spread) and `ours_as_fast`, the
        spread of each round's ratio on the same batches; None where none was measured.
    """
    best = {
        layer: {kind: fastest(measured, each) for kind, each in kinds.items()}
        for layer, kinds in names.items()
    }
    return {
        layer: {
            kind: None
            if name is None
            else {
                "best": name,
                "seconds": spread(measured[name]),
                "ours_as_fast": None
                if best[ours][kind] is None
                else times_as_fast(measured[best[ours][kind]], measured[name])["by_round"],
            }
            for kind, name in kinds.items()
        }
        for layer, kinds in best.items()
    }
