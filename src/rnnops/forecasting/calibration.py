"""What the validation part says of a network's answers: how far to trust them, how wide they are.

The network corrects the forecast it starts from; the correction is taken as far as it helped.
Intervals become as wide as they should have been, step by step: split conformal prediction with
scaled scores (Romano, Patterson and Candès, "Conformalized quantile regression", 2019). Validation
and test follow one another in time, so that coverage is no guarantee but what was measured.
"""

from typing import NamedTuple, Self

import numpy as np

from rnnops.forecasting.forecasts import LEVELS, MEDIAN

TRUSTS = np.linspace(0, 1, 5)
LEAST_AT_A_STEP = 50  # values, else all steps share one width
LEAST_IN_ALL = 20  # else intervals stay as they are
NARROWEST = 1e-6  # half of an interval, in units of the windows' scale


class Calibration(NamedTuple):
    """`trust`: what is taken of the median; `widths`: times each interval, (H, intervals)."""

    trust: float
    widths: np.ndarray

    @classmethod
    def fit(cls, answers: np.ndarray, targets: np.ndarray, weights: np.ndarray) -> Self:
        """From the answers for windows whose values are known.

        Args:
            answers: shape (W, H, levels).
            targets: what was to be answered, shape (W, H), NaN where it is unknown.
            weights: of the windows, shape (W,).
        """
        median = answers[..., MEDIAN]
        missed = [
            np.nansum(np.abs(targets - trust * median) * weights[:, None]) for trust in TRUSTS
        ]
        trust = float(TRUSTS[int(np.argmin(missed))])
        answers = cls(trust, np.ones((answers.shape[1], MEDIAN))).apply(answers)
        distance = targets - answers[..., MEDIAN]
        widths = np.ones((answers.shape[1], MEDIAN))
        for interval in range(MEDIAN):
            half = np.where(
                distance < 0,
                answers[..., MEDIAN] - answers[..., interval],
                answers[..., -1 - interval] - answers[..., MEDIAN],
            )
            scores = np.abs(distance) / np.maximum(half, NARROWEST)
            share = 1 - 2 * LEVELS[interval]
            widths[:, interval] = _quantile(scores.ravel(), share)
            for step in range(len(widths)):
                if np.count_nonzero(~np.isnan(scores[:, step])) >= LEAST_AT_A_STEP:
                    widths[step, interval] = _quantile(scores[:, step], share)
        return cls(trust, widths)

    def apply(self, answers: np.ndarray) -> np.ndarray:
        """The answers as calibrated, shape (W, H, levels), rising."""
        median = answers[..., MEDIAN, None]
        factors = np.concatenate(
            [self.widths, np.zeros((len(self.widths), 1)), self.widths[:, ::-1]], axis=1
        )
        return np.sort(self.trust * median + factors * (answers - median), axis=2)


def _quantile(scores: np.ndarray, share: float) -> float:
    """The least score that `share` of one more would not exceed; 1 where too few are known."""
    known = np.sort(scores[~np.isnan(scores)])
    if len(known) < LEAST_IN_ALL:
        return 1.0
    place = int(np.ceil(share * (len(known) + 1))) - 1
    return float(known[min(place, len(known) - 1)])
