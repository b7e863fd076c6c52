"""The report on classifiers of sequences: tables, what order is worth, plots, mistakes."""

import base64
from typing import Any, NamedTuple

import pandas as pd

from rnnops.core import files, layout
from rnnops.core.bidi import isolate
from rnnops.core.numbers import format_number, format_probability
from rnnops.metrics.evaluation import BASELINE, NETWORK, Evaluation
from rnnops.metrics.intervals import METHOD
from rnnops.metrics.measured import format_measured
from rnnops.metrics.metrics import keys_of, metric_of, title_of
from rnnops.metrics.params import Evaluate
from rnnops.metrics.scores import Scores
from rnnops.report.cells import Cell, measured_cell
from rnnops.report.changes import Changes
from rnnops.report.curves import all_curves
from rnnops.report.decision_rule import format_threshold
from rnnops.report.plots import draw_all, write_plots
from rnnops.report.results import COMPARED_ALIKE, Results
from rnnops.report.split_table import split_labels, split_table
from rnnops.sequences.figures import draw_sequences
from rnnops.sequences.sequences import Sequences
from rnnops.templating.environment import render

MISTAKES = 10
DESCRIPTIONS = {
    "sequences": "A sequence of each label, channel by channel",
    "confusion": "Confusion matrices",
    "learning_curves": "Learning curves",
    "gradient_flow": "Gradient through time",
    "calibration": "Calibration",
    "roc": "ROC curves",
    "precision_recall": "Precision-recall curves",
}

Order = dict[str, Changes]  # from `measure_order`


class Training(NamedTuple):
    """`history` and `gradient_flow`, as the training wrote them."""

    history: pd.DataFrame
    gradient_flow: pd.DataFrame


def write_report(
    results: Results,
    evaluation: Evaluation,
    order: Order,
    sequences: Sequences,
    training: Training,
    params: Evaluate,
) -> None:
    """Write reports/report.html, and the plots and their points to reports/plots.

    Args:
        evaluation: of the test split.
        sequences: of the test split.
    """
    compared, bins = evaluation.network_against(results.best_baseline), params.calibration_bins
    pictures = {"sequences": draw_sequences(sequences)}
    pictures |= draw_all(compared.scores, *training, bins, step="Step t of the sequence")
    curves = {model: all_curves(scores, bins) for model, scores in compared.scores.items()}
    write_plots(layout.PLOTS, curves, pictures)
    split, ingest = files.read_json(layout.SPLIT_REPORT), files.read_json(layout.INGEST_REPORT)
    mistakes = worst_mistakes(sequences, evaluation.scores[NETWORK])
    page = render_report(results, split, ingest, order, pictures, mistakes)
    files.write_text(page, layout.REPORT)


def render_report(
    results: Results,
    split: dict[str, Any],
    ingest: dict[str, Any],
    order: Order,
    pictures: dict[str, bytes],
    mistakes: list[list[str]],
) -> str:
    """The page as HTML; equal arguments give equal bytes.

    Args:
        split, ingest: the content of reports/split.json and reports/ingest.json.
        pictures: PNG bytes by name.
        mistakes: from `worst_mistakes`.
    """
    test, leakage = results.metrics[layout.TEST], split["near_duplicate_leakage"]
    keys = keys_of(COMPARED_ALIKE, results.positive)
    return render(
        "sequences/templates/report.html.j2",
        title=f"Sequences: {results.dataset}",
        results=results,
        ingest=ingest,
        rule=describe_rule(results),
        baseline=results.classifiers[results.best_baseline],
        method_of_intervals=METHOD,
        split_heads=["Split", "Sequences", "Clusters", *split_labels(split)],
        split_rows=split_table(split)[1],
        split=split,
        leakage=max(leakage["this_split"].values(), default=0.0),
        similarity=leakage["similarity"],
        heads=["Classifier", *map(title_of, keys)],
        rows=[
            [name, *(measured_cell(test[model][key], metric_of(key).decimals) for key in keys)]
            for model, name in results.classifiers.items()
        ],
        compared=_compared(results),
        order=[
            (f"{name.capitalize()} steps", order_rows(changes, keys, results))
            for name, changes in order.items()
        ],
        pictures=[
            {"description": DESCRIPTIONS[name], "base64": base64.b64encode(png).decode()}
            for name, png in sorted(
                pictures.items(), key=lambda each: [*DESCRIPTIONS].index(each[0])
            )
        ],
        mistakes=mistakes,
    )


def describe_rule(results: Results) -> str:
    """How a sequence gets its label, in a sentence."""
    threshold = results.thresholds[NETWORK]
    if results.positive is None or threshold is None or results.max_false_positive_rate is None:
        return "A sequence gets its most probable label."
    positive = isolate(results.positive)
    return (
        f"A sequence is {positive} when its probability of {positive} is greater than "
        f"{format_threshold(threshold)}: the lowest threshold with an expected false-positive rate "
        f"of at most {100 * results.max_false_positive_rate:g}%, by the validation split."
    )


def order_rows(changes: Changes, keys: list[str], results: Results) -> list[list[str | Cell]]:
    """A row for each classifier: metrics before and after, the change and its interval."""
    return [
        [name, *(_changed(key, changes[model][key]) for key in keys)]
        for model, name in results.classifiers.items()
    ]


def worst_mistakes(sequences: Sequences, scores: Scores) -> list[list[str]]:
    """The wrongly decided sequences to whose label the model gave least: name, labels, p(label)."""
    given = scores.probability_of(scores.actual)
    wrong = [
        row for row in given.argsort(kind="stable") if scores.actual[row] != scores.decided[row]
    ]
    decided = scores.names(scores.decided)
    return [
        [
            sequences.ids[row],
            sequences.sources[row],
            sequences.labels[row],
            decided[row],
            format_probability(given[row]),
        ]
        for row in wrong[:MISTAKES]
    ]


def _compared(results: Results) -> list[list[str | Cell]]:
    found = results.network_against_baseline(layout.TEST)
    return [
        [
            title_of(key),
            *(measured_cell(found[m][key], metric_of(key).decimals) for m in (NETWORK, BASELINE)),
            measured_cell(difference, metric_of(key).decimals, "+"),
        ]
        for key, difference in found["difference"].items()
    ]


def _changed(key: str, changed: dict[str, Any]) -> Cell:
    decimals = metric_of(key).decimals
    before, after = (
        format_number(changed[when], decimals=decimals) for when in ("before", "after")
    )
    return Cell(f"{before} → {after}", format_measured(changed["change"], "+", decimals))
