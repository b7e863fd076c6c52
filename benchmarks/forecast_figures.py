"""The figures of forecasts, from the results of their pipeline."""

from collections.abc import Callable
from typing import Any

from rnnops.core import layout
from rnnops.core.numbers import format_number
from rnnops.core.tasks import FOLDERS, FORECAST
from rnnops.forecast.results import FIRST, shown_name
from rnnops.metrics.measured import format_measured
from rnnops.templating.environment import markdown_table

Read = Callable[[str], Any]
RESULTS = f"{FOLDERS[FORECAST]}/{layout.RESULTS}"
DECIMALS = {"smape": 2, "mase": 3, "crps": 3, "coverage_80": 3, "coverage_95": 3}
HEADS = ["sMAPE", "MASE", "CRPS", "80% interval", "95% interval"]


def _models(metrics: dict[str, Any]) -> list[str]:
    others = sorted(metrics.keys() - set(FIRST), key=lambda name: metrics[name]["mase"]["value"])
    return [*FIRST, *others]


def models(split: str) -> Callable[[Read], str]:
    """Every model on a split."""

    def table(read: Read) -> str:
        metrics = read(RESULTS)["metrics"][split]
        rows = [
            [shown_name(model)]
            + [format_measured(metrics[model][name], "", n) for name, n in DECIMALS.items()]
            for model in _models(metrics)
        ]
        return markdown_table(["", *HEADS], rows).strip()

    return table


def frequencies(read: Read) -> str:
    """By frequency, sMAPE and MASE of every model on the test split."""
    results = read(RESULTS)
    found = results["by_frequency"][layout.TEST]

    def cell(frequency: str, model: str) -> str:
        values = (
            format_number(found[frequency][model][name]["value"], decimals=n)
            for name, n in (("smape", 2), ("mase", 3))
        )
        return " / ".join(values)

    rows = [
        [shown_name(model), *(cell(frequency, model) for frequency in found)]
        for model in _models(results["metrics"][layout.TEST])
    ]
    heads = [f"{name} ({number:,})" for name, number in results["series"].items()]
    return markdown_table(["sMAPE / MASE", *heads], rows).strip()


def coverage(read: Read) -> str:
    """By frequency, what the intervals of the network and the combination hold."""
    found = read(RESULTS)["by_frequency"][layout.TEST]
    rows = [
        [name]
        + [
            format_measured(of_models[model][metric], "", 3)
            for model in ("network", "combination")
            for metric in ("coverage_80", "coverage_95")
        ]
        for name, of_models in found.items()
    ]
    heads = ["", "network, 80%", "network, 95%", "combination, 80%", "combination, 95%"]
    return markdown_table(heads, rows).strip()


def steps(read: Read) -> str:
    """The network's sMAPE at some steps, by frequency."""
    found = read(RESULTS)["by_step"]
    shown = (1, 2, 4, 6, 8, 12, 18)
    rows = []
    for name, of_models in found.items():
        values = of_models["network"]["smape"]
        cells = [
            format_number(values[step - 1], decimals=2) if step <= len(values) else ""
            for step in shown
        ]
        rows.append([name, *cells])
    return markdown_table(["steps ahead", *map(str, shown)], rows).strip()


def start(read: Read) -> str:
    """What the network starts from, and what it changes."""
    rows = [
        [name]
        + [format_measured(found["start"][metric], "", DECIMALS[metric]) for metric in START]
        + [format_measured(found["network"][metric], "+", 3) for metric in START]
        for name, found in read(RESULTS)["start"].items()
    ]
    heads = ["", "sMAPE of the start", "MASE", "sMAPE, network less start", "MASE"]
    return markdown_table(heads, rows).strip()


START = ("smape", "mase")


def gains(read: Read) -> str:
    """What one model's metrics are less those of another, on the test split."""
    found = read(RESULTS)["gains"][layout.TEST]
    rows = [
        [f"{shown_name(model)} less {shown_name(other)}"]
        + [format_measured(gain[name], "+", 3) for name in ("smape", "mase", "crps")]
        for model, others in found.items()
        for other, gain in others.items()
    ]
    return markdown_table(["", "sMAPE", "MASE", "CRPS"], rows).strip()


def members(read: Read) -> str:
    """The methods of the statistical combination, as a phrase."""
    *others, last = map(shown_name, read(RESULTS)["combined"])
    return f"{', '.join(others)} and {last}" if others else last


FORECAST_FIGURES: dict[str, Callable[[Read], str]] = {
    "forecast": models(layout.TEST),
    "forecast-validation": models(layout.VALIDATION),
    "forecast-frequencies": frequencies,
    "forecast-coverage": coverage,
    "forecast-steps": steps,
    "forecast-start": start,
    "forecast-gains": gains,
    "forecast-combined": members,
}
