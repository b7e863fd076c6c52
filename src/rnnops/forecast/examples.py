"""Pictures of series with their forecasts and intervals."""

from collections.abc import Sequence

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from rnnops.forecasting.forecasts import INTERVALS, Forecasts
from rnnops.forecasting.series import Series
from rnnops.report.figure_style import COLOURS, STYLE, set_title

MOST = 6  # series in one picture
SEEN = 4  # horizons of a series' past that are shown
SHADES = {0.95: 0.15, 0.8: 0.3}


def choose_examples(series: Sequence[Series], number: int) -> list[int]:
    """Positions of series, evenly taken from each frequency in turn."""
    positions: dict[str, list[int]] = {}
    for place, each in enumerate(series):
        positions.setdefault(each.frequency, []).append(place)
    share = -(-number // len(positions))
    chosen = []
    for places in positions.values():
        taken = min(share, len(places))
        chosen += [places[len(places) * part // (taken + 1)] for part in range(1, taken + 1)]
    return chosen[:number]


def draw_forecasts(
    series: Sequence[Series], forecasts: Forecasts, actual: Sequence[np.ndarray] | None = None
) -> Figure:
    """The last values of the first series, their forecasts, and what came, if it is known.

    Args:
        series: up to the origin.
        actual: of each series, the values after it.
    """
    shown = series[:MOST]
    columns = min(2, len(shown))
    rows = -(-len(shown) // columns)
    with matplotlib.style.context(["default", STYLE]):
        figure = Figure(figsize=(4.9 * columns, 2.4 * rows + 0.4))
        grid = np.atleast_1d(figure.subplots(rows, columns)).ravel()
        for place, axes in enumerate(grid):
            if place >= len(shown):
                axes.set_visible(False)
                continue
            came = None if actual is None else actual[place]
            _draw(axes, shown[place], forecasts.rows(np.array([place])), came)
        grid[0].legend(fontsize=8)
        set_title(figure, "Forecasts, with 80% and 95% intervals")
        return figure


def _draw(axes: Axes, series: Series, forecasts: Forecasts, came: np.ndarray | None) -> None:
    horizon = series.horizon
    past = series.values[-SEEN * horizon :]
    end = len(series)
    before, after = np.arange(end - len(past), end) + 1, np.arange(end, end + horizon) + 1
    axes.plot(before, past, color="#333333", linewidth=1.2)
    for share, shade in SHADES.items():
        low, high = INTERVALS[share]
        quantiles = forecasts.quantiles[0, :horizon]
        axes.fill_between(
            after, quantiles[:, low], quantiles[:, high], color=COLOURS[0], alpha=shade, linewidth=0
        )
    axes.plot(after, forecasts.points[0, :horizon], color=COLOURS[0], label="forecast")
    if came is not None:
        axes.plot(after, came, color=COLOURS[1], linestyle=(0, (5, 1.5)), label="what came")
    axes.set_title(f"{series.name} ({series.frequency})")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
