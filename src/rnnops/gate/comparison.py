"""Two models on the same messages: a metric's difference and its paired interval."""

from rnnops.gate.verdict import Check
from rnnops.metrics.measured import Measured, null_if_nan


def compare(
    challenger: dict[str, Measured], opponent: dict[str, Measured], key: str, confidence: float
) -> Check:
    """A metric of the two models and its difference, for information.

    Args:
        challenger, opponent: their metrics, measured on the same resamples.
        key: of the metric in both.
    """
    ours, theirs = challenger[key], opponent[key]
    difference = ours - theirs
    low, high = difference.interval(confidence)
    return Check(
        key,
        null_if_nan(theirs.point),
        null_if_nan(ours.point),
        null_if_nan(difference.point),
        low,
        high,
    )
