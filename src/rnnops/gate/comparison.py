"""Two models on the same messages: a metric's difference and its paired interval."""

from scipy.stats import norm

from rnnops.gate.verdict import Check
from rnnops.metrics.measured import Measured, null_if_nan

BEYOND = 5  # resamples beyond each end of an interval that is read from the resamples themselves


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
    low, high = interval_at(difference, confidence)
    return Check(
        key,
        null_if_nan(theirs.point),
        null_if_nan(ours.point),
        null_if_nan(difference.point),
        low,
        high,
    )


def interval_at(measured: Measured, confidence: float) -> tuple[float, float] | tuple[None, None]:
    """The interval at any confidence, however few the resamples.

    With fewer than `BEYOND` resamples beyond each end it is the widest interval that the resamples
    give, made as much wider as normal quantiles are apart.
    """
    resolved = min(confidence, 1 - 2 * BEYOND / len(measured.resamples))
    low, high = measured.interval(resolved)
    if low is None or high is None:
        return None, None
    asked, given = (float(norm.ppf((1 + each) / 2)) for each in (confidence, resolved))
    wider = (asked / given - 1) * (high - low) / 2
    return low - wider, high + wider
