"""Series that are drawn, for the tests of forecasting."""

import numpy as np

from rnnops.forecasting.series import Series


def draw_series(number, length, *, season=4, horizon=4, seed=0, noise=0.05):
    """Positive series with a trend, a seasonal pattern and noise, named s0, s1 and so on."""
    random = np.random.default_rng(seed)
    drawn = []
    for place in range(number):
        time = np.arange(length)
        pattern = np.resize(random.normal(0, 0.2, season), length) if season > 1 else 0
        walk = np.cumsum(random.normal(0.01, noise, length))
        values = np.exp(3 + walk + pattern + random.normal(0, noise / 2, length))
        labels = tuple(str(each + 1) for each in time)
        drawn.append(Series(f"s{place}", "quarterly", season, horizon, labels, values))
    return drawn
