"""Which sequences can be used, and what becomes of their missing values.

A value that is missing lies on the line between its neighbours, up to a share of the sequence's
values; beyond it, or where a channel has none at all, the sequence is rejected.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from rnnops.core.errors import InputError
from rnnops.sequences.sequences import Sequences

LEAST_STEPS = 2
REJECTED = ["row", "sequence", "label", "reason"]


class RawSequence(NamedTuple):
    """A sequence as its file has it.

    `values`: shape (steps, channels), NaN where missing. `row`: where it begins in a table, None in
    another file. `reason`: why it cannot be used, so far as is known.
    """

    name: str
    label: str
    source: str
    values: np.ndarray
    row: int | None = None
    reason: str = ""


class FoundSequences(NamedTuple):
    """What a dataset holds.

    `rejected`: row, sequence, label and reason of each that cannot be used. `filled`: how many
    values each sequence had too few, shape (n,).
    """

    sequences: Sequences
    rejected: pd.DataFrame
    filled: np.ndarray


def clean(
    found: list[RawSequence], channels: list[str], max_missing_share: float
) -> FoundSequences:
    """The sequences that can be used, in their order, missing values interpolated.

    Raises:
        InputError: if none can be used.
    """
    kept: list[RawSequence] = []
    rejected: list[dict[str, Any]] = []
    filled: list[int] = []
    for each in found:
        missing = np.isnan(each.values)
        if reason := each.reason or _why_unusable(each.values, missing, max_missing_share):
            said = (each.row, each.name, each.label, reason)
            rejected.append(dict(zip(REJECTED, said, strict=True)))
            continue
        kept.append(each._replace(values=_interpolate(each.values, missing)))
        filled.append(int(missing.sum()))
    if not kept:
        first = rejected[0]
        place = f"row {first['row']}" if first["row"] else first["sequence"]
        raise InputError(f"no sequence can be used: {place} is rejected, as {first['reason']}")
    names, labels, sources, values, *_ = zip(*kept, strict=True)
    sequences = Sequences(list(names), list(labels), list(sources), channels, list(values))
    return FoundSequences(
        sequences, pd.DataFrame(rejected, columns=REJECTED), np.array(filled, int)
    )


def _why_unusable(values: np.ndarray, missing: np.ndarray, max_missing_share: float) -> str:
    if len(values) < LEAST_STEPS:
        return f"its sequence has {len(values)} step{'s' * (len(values) != 1)} and needs 2"
    if np.isinf(values).any():
        return "it has a value that is not finite"
    if missing.all(axis=0).any():
        return "one of its channels has no value"
    if missing.sum() > max_missing_share * missing.size:
        return f"it lacks {missing.sum()} of {missing.size} values"
    return ""


def _interpolate(values: np.ndarray, missing: np.ndarray) -> np.ndarray:
    if not missing.any():
        return values
    steps, filled = np.arange(len(values)), values.copy()
    for channel in np.flatnonzero(missing.any(axis=0)):
        there = ~missing[:, channel]
        filled[:, channel] = np.interp(steps, steps[there], values[there, channel])
    return filled
