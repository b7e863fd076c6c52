"""The files that an evaluation is kept in: all of it, and the few numbers to choose settings by."""

from collections.abc import Mapping
from typing import Any

from rnnops.core import layout
from rnnops.metrics.evaluation import BASELINE, NETWORK, Evaluation
from rnnops.report.metric_names import HEADLINES

SPLITS = (layout.VALIDATION, layout.TEST)


def all_results(
    dataset: str,
    max_false_positive_rate: float | None,
    compared: Mapping[str, Evaluation],
    others: Mapping[str, Evaluation],
    best: str,
) -> dict[str, Any]:
    """The content of reports/results.json.

    `dataset`, `positive`, `max_false_positive_rate`, `threshold` (the network's), `thresholds` by
    model, `baseline` (the name of the best order-blind classifier), and for each split every
    model's metrics with their intervals: those of `network`, `baseline`, their `difference`, and
    the order-blind classifiers by their names.

    Args:
        dataset: its name in the catalog.
        max_false_positive_rate: the cap that thresholds were chosen under, None without one.
        compared: by split, of the network and the baseline.
        others: by split, of the order-blind classifiers but the best.
        best: the baseline's name.
    """
    thresholds = compared[layout.TEST].thresholds
    return {
        "dataset": dataset,
        "max_false_positive_rate": max_false_positive_rate,
        "positive": compared[layout.TEST].scores[NETWORK].positive,
        "threshold": thresholds[NETWORK],
        "thresholds": {**thresholds, best: thresholds[BASELINE], **others[layout.TEST].thresholds},
        "baseline": best,
        **{
            split: {
                **compared[split].metrics,
                "difference": compared[split].difference(NETWORK, BASELINE),
                best: compared[split].metrics[BASELINE],
                **others[split].metrics,
            }
            for split in SPLITS
        },
    }


def headlines(measured: Mapping[str, dict[str, Any]]) -> dict[str, float | None]:
    """The metrics that settings are chosen by, without their intervals.

    Args:
        measured: a model's metrics on one split, from `with_intervals`.
    """
    return {name: measured[name]["value"] for name in headline_names(measured)}


def headline_names(measured: Mapping[str, Any]) -> list[str]:
    """The names that the metrics of HEADLINES have in `measured`, in their order."""
    forms = [(name, f"macro_{name}") for name in HEADLINES]
    return [name for either in forms for name in either if name in measured]


def headline_report(results: Mapping[str, Any]) -> dict[str, dict[str, float | None]]:
    """The content of reports/metrics.json: the headlines of the validation split, by model.

    Args:
        results: from `all_results`.
    """
    return {model: headlines(results[layout.VALIDATION][model]) for model in (NETWORK, BASELINE)}
