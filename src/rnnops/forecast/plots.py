"""The report's plots of metrics by step and by origin."""

from collections.abc import Callable
from typing import Any

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from rnnops.forecast.evaluation import COMBINATION, COVERAGES, NETWORK
from rnnops.forecast.results import Results, shown_name
from rnnops.report.figure_style import COLOURS, DASHES, STYLE, set_title

NAIVE = "seasonal_naive"


def errors_by_step(results: Results) -> Figure:
    """The sMAPE of some models at each step ahead, a panel a frequency."""
    models = _shown(results)

    def draw(axes: Axes, frequency: str) -> None:
        for number, model in enumerate(models):
            values = results.by_step[frequency][model]["smape"]
            _line(axes, values, shown_name(model), number)
        axes.set(xlabel="steps ahead", ylabel="sMAPE", ylim=(0, None))

    return _panels(results, "Error by step ahead, test split", draw)


def coverage_by_step(results: Results) -> Figure:
    """How many values the network's intervals hold at each step ahead, a panel a frequency."""

    def draw(axes: Axes, frequency: str) -> None:
        for number, (name, share) in enumerate(COVERAGES.items()):
            values = results.by_step[frequency][NETWORK][name]
            _line(axes, values, f"{share:.0%} interval", number)
            axes.axhline(share, color="#767676", linestyle=":", linewidth=1)
        axes.set(xlabel="steps ahead", ylabel="coverage", ylim=(0.5, 1.02))

    return _panels(results, "What the network's intervals hold, test split", draw)


def errors_by_origin(results: Results) -> Figure:
    """The network's MASE from each origin of the validation split, a panel a frequency."""

    def draw(axes: Axes, frequency: str) -> None:
        origins = results.rolling[frequency]
        steps = [each["steps"] for each in origins]
        known = np.array([each["mase"] for each in origins], float)
        axes.plot(steps, known, ".-", color=COLOURS[0], label="network")
        axes.invert_xaxis()
        axes.set(xlabel="values left after the origin", ylabel="MASE", ylim=(0, None))

    return _panels(results, "Error from rolling origins, validation split", draw)


def _shown(results: Results) -> list[str]:
    """The network, the combination, the best method and the seasonal naive one, if it is fitted."""
    models = [NETWORK, COMBINATION, results.best_baseline]
    return models + [NAIVE] * (NAIVE in results.methods and results.best_baseline != NAIVE)


def _line(axes: Axes, values: list[float | None], label: str, number: int) -> None:
    steps = np.arange(1, len(values) + 1)
    known = np.array(values, float)
    marker = "." if len(values) == 1 else ""
    dash: Any = DASHES[number]
    (line,) = axes.plot(steps, known, marker=marker, label=label, color=COLOURS[number])
    line.set_linestyle(dash)


def _panels(results: Results, title: str, draw: Callable[[Axes, str], None]) -> Figure:
    frequencies = list(results.series)
    columns = min(2, len(frequencies))
    rows = -(-len(frequencies) // columns)
    with matplotlib.style.context(["default", STYLE]):
        figure = Figure(figsize=(4.9 * columns, 2.7 * rows + 0.4))
        grid = np.atleast_1d(figure.subplots(rows, columns)).ravel()
        for axes, frequency in zip(grid, frequencies, strict=False):
            draw(axes, frequency)
            axes.set_title(f"{frequency}, {results.series[frequency]:,} series")
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        for axes in grid[len(frequencies) :]:
            axes.set_visible(False)
        grid[0].legend(fontsize=8)
        set_title(figure, title)
        return figure
