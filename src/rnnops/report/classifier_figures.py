"""Figures of classifiers side by side, on the same messages."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnops.core.numbers import format_number
from rnnops.metrics.metrics import compute_metrics, metric_of
from rnnops.metrics.scores import Scores
from rnnops.report import curves
from rnnops.report.figure_style import COLOURS, DASHES, GUIDE, set_title

Models = dict[str, Scores]  # by name, at most four


def roc(models: Models, bins: int) -> Figure:
    """The whole curve, and the part that matters for a filter: few false positives."""
    figure = Figure(figsize=(9, 4.2))
    whole, near = figure.subplots(1, 2)
    lowest = min(0.5 / len(scores.actual) for scores in models.values())  # stands for none
    floor = 1.0
    for (name, scores), look in zip(models.items(), _looks(), strict=False):
        points, metrics = curves.roc(scores), _metrics(scores, bins)
        x, y = points["false_positive_rate"], points["true_positive_rate"]
        at = metrics["false_positive_rate"], metrics["recall"]
        whole.plot(x, y, label=f"{name}, AUC {format_number(metrics['roc_auc'])}", **look)
        near.plot(x.clip(lower=lowest), y, drawstyle="steps-post", **look)
        for axes in (whole, near):
            _mark(axes, max(at[0], lowest), at[1], look)
        floor = min(floor, at[1], np.interp(0.001, x, y))
    whole.plot([0, 1], [0, 1], label="chance", **GUIDE)
    whole.set(xlabel="False-positive rate", ylabel="Recall (true-positive rate)")
    whole.set(title="All thresholds", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    whole.legend(loc="lower right")
    near.set(title="Few false positives", xscale="log", xlim=(lowest, 1))
    near.set(ylim=(np.clip(np.floor(floor * 10 - 0.5) / 10, 0, 0.9), 1.005))
    near.set(xlabel="False-positive rate (logarithmic)")
    near.xaxis.set_major_formatter(lambda rate, _: f"{100 * rate:g}%")
    set_title(figure, _subject(models, "ROC"))
    return figure


def precision_recall(models: Models, bins: int) -> Figure:
    """The whole curve, and the corner where the operating points lie."""
    figure = Figure(figsize=(9, 4.2))
    whole, near = figure.subplots(1, 2)
    floor = 1.0
    for (name, scores), look in zip(models.items(), _looks(), strict=False):
        points, metrics = curves.precision_recall(scores), _metrics(scores, bins)
        at = metrics["recall"], metrics["precision"]
        label = f"{name}, average precision {format_number(metrics['pr_auc'])}"
        for axes in (whole, near):
            axes.plot(
                points["recall"], points["precision"], label=label, drawstyle="steps-pre", **look
            )
            _mark(axes, *at, look)
        floor = np.nanmin([floor, *at])
    whole.set(xlabel="Recall", ylabel="Precision", title="All thresholds")
    whole.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    corner = np.clip(np.floor(floor * 10 - 0.5) / 10, 0, 0.9)
    near.set(xlabel="Recall", title="Near the operating points")
    near.set(xlim=(corner, 1.005), ylim=(corner, 1.005))
    whole.legend(loc="lower left")
    set_title(figure, _subject(models, "Precision and recall"))
    return figure


def calibration(models: Models, bins: int) -> Figure:
    """Predicted against observed, above how many messages each point stands for."""
    figure = Figure(figsize=(6, 5.4))
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    above.plot([0, 1], [0, 1], label="perfect", **GUIDE)
    width = 1 / bins / (len(models) + 1)
    for number, ((name, scores), look) in enumerate(zip(models.items(), _looks(), strict=False)):
        points, error = curves.calibration(scores, bins), _metrics(scores, bins)
        label = f"{name}, calibration error {format_number(error['expected_calibration_error'])}"
        above.plot(points["probability"], points["observed_share"], "o", label=label, **look)
        edges = np.ceil(points["probability"] * bins).clip(lower=1) - 1
        left = edges / bins + width * (number + 0.5)
        below.bar(left, points["messages"], width, align="edge", color=look["color"])
    above.legend(loc="upper left")
    above.set(ylabel="Observed share", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    below.set(ylabel="Messages", yscale="log", ylim=(0.5, None))
    scores = next(iter(models.values()))
    below.set_xlabel(f"Predicted probability of {scores.positive or 'the predicted label'}")
    set_title(figure, "Calibration on the test split")
    return figure


def confusion(models: Models) -> Figure:
    """Counts, coloured by their share of the row."""
    labels = next(iter(models.values())).labels
    side = max(3.4, 0.55 * len(labels) + 1.5)
    figure = Figure(figsize=(side * len(models) + 0.8, side + 0.4))
    for axes, (name, scores) in zip(
        np.atleast_1d(figure.subplots(1, len(models))), models.items(), strict=True
    ):
        counts = np.zeros((len(labels), len(labels)), int)
        np.add.at(counts, (scores.actual, scores.decided), 1)
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for (row, column), count in np.ndenumerate(counts):
            share = shares[row, column]
            text = f"{count:,}\n{share:.1%}" if len(labels) <= 6 else f"{count:,}"
            colour = "white" if share > 0.7 else "black"
            axes.text(column, row, text, ha="center", va="center", color=colour)
        turned = 0 if len(labels) <= 4 else 60
        axes.set_xticks(range(len(labels)), labels, rotation=turned)
        axes.set_yticks(range(len(labels)), labels)
        axes.set(title=name, xlabel="Predicted", ylabel="Actual")
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
    set_title(figure, "Confusion on the test split")
    return figure


def _looks() -> list[dict[str, Any]]:
    return [{"color": c, "linestyle": d} for c, d in zip(COLOURS, DASHES, strict=True)]


def _metrics(scores: Scores, bins: int) -> dict[str, float]:
    """By the metric's name; NaN where undefined: nothing is drawn there."""
    metrics = compute_metrics(scores, np.ones((1, len(scores.actual))), bins)
    return {metric_of(key).name: float(value) for key, (value,) in metrics.items()}


def _mark(axes: Axes, x: float, y: float, look: dict[str, Any]) -> None:
    marker: dict[str, Any] = {"markersize": 8, "markerfacecolor": "white", "markeredgewidth": 2}
    axes.plot(x, y, "o", color=look["color"], zorder=5, clip_on=False, **marker)


def _subject(models: Models, name: str) -> str:
    positive = next(iter(models.values())).positive
    subject = f"{name} of {positive}" if positive else f"{name}, mean over labels,"
    return f"{subject} on the test split (circles: operating points)"
