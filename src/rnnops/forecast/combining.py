"""Which statistical methods are averaged, chosen on the validation part before the test is read."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from rnnops.forecasting.combination import combine
from rnnops.forecasting.forecasts import Forecasts
from rnnops.forecasting.metrics import errors


class Choice(NamedTuple):
    """The methods that are chosen, and what all that were tried have on the validation part.

    Attributes:
        tried: members, and the mean MASE of what is averaged.
    """

    members: tuple[str, ...]
    tried: list[tuple[tuple[str, ...], float]]


def choose_methods(
    candidates: Sequence[str],
    forecasts: Mapping[str, Forecasts],
    actual: np.ndarray,
    scale: np.ndarray,
    *,
    beside: Sequence[str] = (),
    least: int = 1,
) -> Choice:
    """The methods whose mean has the lowest MASE; of equals the fewest.

    Args:
        candidates: methods, of which each subset of `least` or more is tried.
        forecasts: by model, of the validation part.
        actual, scale: as for `errors`.
        beside: models that are averaged with them in any case.
    """
    tried = []
    for number in range(min(least, len(candidates)), len(candidates) + 1):
        for members in combinations(candidates, number):
            averaged = combine([forecasts[name] for name in (*beside, *members)])
            tried.append((members, float(errors(actual, averaged, scale).overall().mase)))
    best = min(tried, key=lambda each: each[1])
    return Choice(best[0], tried)
