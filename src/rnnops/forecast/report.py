"""The report on forecasts: tables, plots by step and origin, and a few series."""

import base64
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from rnnops.core import files, layout
from rnnops.forecast.evaluation import (
    CRPS,
    MASE,
    NETWORK,
    SMAPE,
    START,
    Metrics,
)
from rnnops.forecast.examples import choose_examples, draw_forecasts
from rnnops.forecast.plots import coverage_by_step, errors_by_origin, errors_by_step
from rnnops.forecast.results import Results, shown_name
from rnnops.forecasting.forecasts import Forecasts
from rnnops.forecasting.series import Series
from rnnops.report.cells import Cell, measured_cell
from rnnops.report.figure_style import to_png
from rnnops.templating.environment import render

TITLES = {
    SMAPE: ("sMAPE, %", 2),
    MASE: ("MASE", 3),
    CRPS: ("CRPS, scaled", 3),
    "coverage_80": ("80% interval holds", 3),
    "coverage_95": ("95% interval holds", 3),
}


class Picture(NamedTuple):
    """A plot as PNG in base 64, and what it shows, in words."""

    title: str
    png: str


def write_report(
    results: Results, whole: list[Series], forecasts: Forecasts, examples: int
) -> None:
    """Write reports/report.html and its plots.

    Args:
        whole: the series with their test values.
        forecasts: the network's, of the test split.
    """
    chosen = choose_examples(whole, examples)
    shown = [whole[place] for place in chosen]
    figures = {
        "errors_by_step": errors_by_step(results),
        "coverage_by_step": coverage_by_step(results),
        "errors_by_origin": errors_by_origin(results),
        "examples": draw_forecasts(
            [each.training for each in shown],
            forecasts.rows(np.array(chosen)),
            [each.test for each in shown],
        ),
    }
    pngs = {name: to_png(figure) for name, figure in figures.items()}
    with files.atomic_folder(layout.PLOTS) as folder:
        for name, png in pngs.items():
            (folder / f"{name}.png").write_bytes(png)
    pictures = {
        name: Picture(_title(figures[name]), base64.b64encode(png).decode())
        for name, png in pngs.items()
    }
    files.write_text(render_report(results, pictures), layout.REPORT)


def render_report(results: Results, pictures: dict[str, Picture]) -> str:
    """The page as HTML; equal results give equal bytes."""
    heads = ["Model", *(title for title, _ in TITLES.values())]
    gains = [
        (model, other) for model, others in results.gains[layout.TEST].items() for other in others
    ]
    return render(
        "forecast/templates/report.html.j2",
        title=f"Forecasts: {results.dataset}",
        results=results,
        number=sum(results.series.values()),
        heads=heads,
        test=_rows(results, results.metrics[layout.TEST]),
        validation=_rows(results, results.metrics[layout.VALIDATION]),
        frequencies=[
            (f"{name}, {results.series[name]:,} series", _rows(results, found))
            for name, found in results.by_frequency[layout.TEST].items()
        ],
        gain_heads=["Model", "over", *(TITLES[name][0] for name in (SMAPE, MASE, CRPS))],
        gains=[
            [
                _name(model),
                shown_name(other),
                *_differences(results.gains[layout.TEST][model][other]),
            ]
            for model, other in gains
        ],
        start_heads=["Series", "sMAPE, %", "MASE", "sMAPE, network less", "MASE, network less"],
        start=[
            [
                name,
                *(measured_cell(found[START][each], TITLES[each][1]) for each in (SMAPE, MASE)),
                *_differences(found[NETWORK])[:2],
            ]
            for name, found in results.start.items()
        ],
        members=", ".join(map(shown_name, results.combined)),
        best=shown_name(results.best_baseline),
        fallbacks=", ".join(
            f"{shown_name(name)} {count:,}" for name, count in results.fallbacks.items() if count
        ),
        pictures=pictures,
    )


def _title(figure: Figure) -> str:
    return figure.get_suptitle()


def _name(model: str) -> str:
    shown = shown_name(model)
    return shown[0].upper() + shown[1:]


def _rows(results: Results, metrics: dict[str, Metrics]) -> list[list[str | Cell]]:
    return [
        [
            _name(model),
            *(measured_cell(metrics[model][name], n) for name, (_, n) in TITLES.items()),
        ]
        for model in results.models
    ]


def _differences(gain: Metrics) -> list[Cell]:
    return [measured_cell(gain[name], TITLES[name][1], "+") for name in (SMAPE, MASE, CRPS)]
