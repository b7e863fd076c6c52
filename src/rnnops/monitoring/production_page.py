"""The weeks in production as one self-contained page: a table and a figure."""

import base64
from collections.abc import Sequence

import matplotlib.style
import numpy as np
from matplotlib.figure import Figure

from rnnops.metrics.intervals import METHOD
from rnnops.metrics.metrics import metric_of, title_of
from rnnops.monitoring.production import Week
from rnnops.report.cells import Cell, measured_cell
from rnnops.report.figure_style import COLOURS, STYLE, set_title, to_png
from rnnops.templating.environment import render


def render_production(model: str, weeks: Sequence[Week], positive: str | None) -> str:
    """The page of a model's weeks, of which there is at least one."""
    keys = list(dict.fromkeys(key for week in weeks for key in week.metrics))
    heads = ["week", "version", "predictions", "labelled"]
    return render(
        "monitoring/templates/production.html.j2",
        title=f"{model} in production",
        heads=[*heads, *(f"called {label}" for label in weeks[0].shares), *map(title_of, keys)],
        rows=[
            [
                week.week,
                week.version,
                f"{week.predictions:,}",
                f"{week.labelled:,}",
                *(f"{100 * share:.1f}%" for share in week.shares.values()),
                *(_cell(week, key) for key in keys),
            ]
            for week in weeks
        ],
        positive=positive,
        method=METHOD,
        picture=base64.b64encode(_draw(weeks, keys)).decode() if keys else "",
    )


def _cell(week: Week, key: str) -> Cell:
    if key not in week.metrics:
        return Cell("")
    return measured_cell(week.metrics[key].to_json(), metric_of(key).decimals)


def _draw(weeks: Sequence[Week], keys: Sequence[str]) -> bytes:
    """The metrics over the weeks with their intervals, a panel a metric, a colour a version."""
    names = sorted({week.week for week in weeks})
    versions = sorted({week.version for week in weeks})
    with matplotlib.style.context(["default", STYLE]):
        figure = Figure(figsize=(4.2 * len(keys), 3.8))
        for axes, key in zip(figure.subplots(1, len(keys), squeeze=False)[0], keys, strict=True):
            for number, version in enumerate(versions):
                shown = [week for week in weeks if week.version == version and week.metrics]
                points = [week.metrics[key].point for week in shown]
                ends = [week.metrics[key].interval() for week in shown]
                low, high = (
                    [np.nan if end[side] is None else end[side] for end in ends] for side in (0, 1)
                )
                axes.errorbar(
                    [names.index(week.week) + number / 20 for week in shown],
                    points,
                    yerr=np.abs(np.array([low, high], float) - points),
                    fmt="o-",
                    capsize=3,
                    color=COLOURS[number % len(COLOURS)],
                    label=f"version {version}",
                )
            axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
            axes.set(title=title_of(key))
        figure.axes[0].legend()
        set_title(figure, "By week, with 95% intervals")
        return to_png(figure)
