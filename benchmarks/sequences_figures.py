"""The figures of classifiers of sequences, from the results of their pipeline."""

from collections.abc import Callable
from typing import Any

from rnnops.core import layout
from rnnops.core.numbers import format_number
from rnnops.core.tasks import FOLDERS, SEQUENCES
from rnnops.metrics.measured import format_measured
from rnnops.metrics.metrics import metric_of, title_of
from rnnops.templating.environment import markdown_table

Read = Callable[[str], Any]
FOLDER = FOLDERS[SEQUENCES]
RESULTS = f"{FOLDER}/{layout.RESULTS}"
SHOWN = ("accuracy", "macro_f1", "log_loss")


def _models(results: dict[str, Any]) -> list[str]:
    first = ["network", results["best_baseline"]]
    return first + sorted(results["thresholds"].keys() - set(first))


def models(read: Read) -> str:
    """Every classifier on the test split."""
    results = read(RESULTS)
    test = results["metrics"][layout.TEST]
    rows = [
        [model.replace("_", " ")]
        + [format_measured(test[model][key], "", metric_of(key).decimals) for key in SHOWN]
        for model in _models(results)
    ]
    return markdown_table(["", *map(title_of, SHOWN)], rows).strip()


def order(read: Read) -> str:
    """Every classifier's accuracy when the steps of the test split are rearranged."""
    results, changed = read(RESULTS), read(f"{FOLDER}/{layout.ROBUSTNESS}")

    def cell(name: str, model: str) -> str:
        found = changed[name][model]["accuracy"]
        change = format_measured(found["change"], "+", 3)
        return f"{format_number(found['after'], decimals=3)}, {change}"

    in_order = results["metrics"][layout.TEST]
    rows = [
        [
            model.replace("_", " "),
            format_number(in_order[model]["accuracy"]["value"], decimals=3),
            *(cell(name, model) for name in changed),
        ]
        for model in _models(results)
    ]
    return markdown_table(["accuracy", "in order", *changed], rows).strip()


SEQUENCES_FIGURES: dict[str, Callable[[Read], str]] = {
    "sequences": models,
    "sequences-order": order,
}
