"""Several forecasts made one: the mean or the median of points and of each quantile.

The mean of quantiles keeps the shape of what it averages; the mean of distributions would be wider
(Lichtendahl, Grushka-Cockayne and Winkler, "Is it better to average probabilities or quantiles?",
2013).
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from rnnops.forecasting.forecasts import Forecasts


def combine(forecasts: Sequence[Forecasts], how: Literal["mean", "median"] = "mean") -> Forecasts:
    """The mean or median of forecasts of the same series."""
    stacked = (np.stack(parts) for parts in zip(*forecasts, strict=True))
    if how == "mean":
        return Forecasts(*(np.mean(each, axis=0) for each in stacked))
    return Forecasts(*(np.median(each, axis=0) for each in stacked))
