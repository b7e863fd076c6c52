"""The evaluation as one HTML page that needs nothing else: no network, no script, no other file."""

import base64
from html import escape
from typing import Any

import pandas as pd

from rnnops.core import layout
from rnnops.metrics.metrics import LOWER_IS_BETTER
from rnnops.report.decision_rule import describe_decision_rule
from rnnops.report.explanation import Explanation
from rnnops.report.explanation_page import LEGEND, draw
from rnnops.report.html import inline, page, section, table, value
from rnnops.report.metric_names import METRICS

PICTURES = {
    "roc": "ROC curves",
    "precision_recall": "Precision-recall curves",
    "calibration": "Calibration",
    "confusion": "Confusion matrices",
    "learning_curves": "Learning curves",
    "gradient_flow": "Gradient through time",
}
CHANGES = {
    "shuffled": ("Words shuffled", "mean of five random orders"),
    "typos": ("Misspelt", "two letters swapped in every fifth word"),
    "padded": ("Padded", "with twenty words that tell of another label"),
    "capitals": ("In capitals", "every letter"),
}
SOURCES_SHOWN = 40
COMPARED = ("accuracy", "f1", "one_minus_auc_percent", "recall_at_0_5_percent_fpr", "log_loss")


def render_report(
    *,
    dataset: str,
    method: str,
    split: dict[str, Any],
    metrics: dict[str, dict[str, dict[str, Any]]],
    thresholds: dict[str, float | None],
    difference: dict[str, dict[str, Any]],
    baselines: dict[str, dict[str, dict[str, Any]]],
    lost: dict[str, dict[str, dict[str, dict[str, Any]]]],
    max_false_positive_rate: float | None,
    slices: dict[str, dict[str, dict[str, Any]]],
    pictures: dict[str, bytes],
    mistakes: pd.DataFrame,
    explanations: list[Explanation],
    positive: str | None,
) -> str:
    """The page.

    Args:
        split: the content of reports/split.json.
        metrics: by model, from `with_intervals`; the first model is the one reported on.
        thresholds: by model; None where the most probable label is taken.
        difference: of each metric, the first model's less the second's.
        baselines: the metrics of every order-blind classifier, by name, the chosen one first.
        lost: by change of the messages and model, from `measure_changes`; for sentiment with a
            key `negation`, from `negation`.
        max_false_positive_rate: the cap the thresholds were chosen under.
        slices: by model, from `metrics_by_source`.
        pictures: PNG bytes, from `draw_all`.
        mistakes: of the first model, from `worst_mistakes`.
        explanations: of the mistakes, in the same order.
        positive: the label whose false positives count, None when every label counts the same.
    """
    model = next(iter(metrics))
    parts = [
        f"<h1>{escape(dataset)}: {escape(method)}, {escape(' against '.join(metrics))}</h1>",
        _decisions(thresholds, max_false_positive_rate, positive),
        section("Data", _data(split)),
        section("Metrics on the test split", _metrics(metrics, difference, positive, split)),
        section("Order-blind classifiers", _baselines(metrics[model], baselines)),
        section("What the verdicts rest on", _lost(lost) + _negation(lost.get("negation"))),
        section("Plots", _pictures(pictures)),
        section("Source by source", _slices(slices)),
        section(f"The worst mistakes of the {model}", _mistakes(mistakes, explanations, positive)),
    ]
    return page(f"{dataset}: {method}", parts)


def _decisions(
    thresholds: dict[str, float | None], max_false_positive_rate: float | None, positive: str | None
) -> str:
    (_, threshold), *others = thresholds.items()
    rule = describe_decision_rule(positive, threshold, max_false_positive_rate)
    if positive is not None and max_false_positive_rate is not None:
        rule += "".join(f" The {name}'s threshold is {value:.4g}." for name, value in others)
    return f"<p>{escape(rule)}</p>"


def _metrics(
    metrics: dict[str, Any],
    difference: dict[str, Any],
    positive: str | None,
    split: dict[str, Any],
) -> str:
    models = list(metrics)
    test = split["splits"][layout.TEST]
    rest = next(label for label in test["labels"] if label != positive) if positive else "other"
    words = {"positive": inline(positive or "a label's"), "rest": inline(rest)}
    rows = []
    for base, (title, meaning) in METRICS.items():
        name = base if base in metrics[models[0]] else f"macro_{base}"
        lower = base in LOWER_IS_BETTER
        values = [metrics[model][name] for model in models]
        note = meaning.format(**words) + ("; lower is better" if lower else "")
        mean = ", mean over labels" if name != base else ""
        known = [each["value"] for each in values if each["value"] is not None]
        best = (min if lower else max)(known, default=None)
        rows.append(
            [f"{title}{mean}<small>{note}</small>"]
            + [
                value(each, is_best=len(set(known)) > 1 and each["value"] == best)
                for each in values
            ]
            + [value(difference[name])]
        )
    return table(["Metric", *map(escape, models), "Difference"], rows) + (
        f"<p>{test['messages']:,} messages; 95% intervals from a bootstrap over "
        f"{test['clusters']:,} clusters of near-duplicates. The difference is paired, on the same "
        "resamples: an interval on one side of 0 bears the better value, in bold, out.</p>"
    )


def _baselines(network: dict[str, Any], baselines: dict[str, dict[str, Any]]) -> str:
    names = [name for name in METRICS if name in network or f"macro_{name}" in network]
    shown = [name if name in network else f"macro_{name}" for name in names if name in COMPARED]
    rows = [
        [escape(name.replace("_", " "))] + [value(measured[metric]) for metric in shown]
        for name, measured in {**baselines, "network": network}.items()
    ]
    heads = [METRICS[name.removeprefix("macro_")][0] for name in shown]
    return table(["Classifier", *heads], rows) + (
        "<p>The first has the lowest log loss on the validation split: it is the baseline.</p>"
    )


def _lost(lost: dict[str, dict[str, dict[str, dict[str, Any]]]]) -> str:
    models = list(lost["shuffled"])
    shown = ["accuracy", "roc_auc" if "roc_auc" in lost["shuffled"][models[0]] else "macro_f1"]
    rows = [
        [f"{title}<small>{meaning}</small>"]
        + [value(lost[change][model][name]["lost"]) for name in shown for model in models]
        for change, (title, meaning) in CHANGES.items()
    ]
    heads = [
        f"{METRICS[name.removeprefix('macro_')][0]} lost<small>{escape(model)}</small>"
        for name in shown
        for model in models
    ]
    return table(["Messages", *heads], rows) + (
        "<p>The same test messages before less after the change, thresholds unchanged. What "
        "shuffling takes away is what the order of words is worth.</p>"
    )


def _negation(negated: dict[str, dict[str, Any]] | None) -> str:
    if negated is None:
        return ""
    told = "; ".join(
        f"{escape(model)} {found['moved']:.0%} moved, {found['turned']:.0%} turned"
        for model, found in negated.items()
    )
    number = next(iter(negated.values()))["pairs"]
    return f"<p>Of {number} pairs like “It was good”, “It was not good”, as they must: {told}.</p>"


def _pictures(pictures: dict[str, bytes]) -> str:
    images = "\n".join(
        f'<img alt="{escape(PICTURES.get(name, name))}" '
        f'src="data:image/png;base64,{base64.b64encode(picture).decode()}">'
        for name, picture in pictures.items()
    )
    return f'<div class="pictures">\n{images}\n</div>'


def _slices(slices: dict[str, Any]) -> str:
    models = list(slices)
    first = slices[models[0]]
    shown = sorted(first, key=lambda source: (-first[source]["messages"], source))[:SOURCES_SHOWN]
    names = [name for name in first[shown[0]] if name not in ("messages", "labels")]
    heads = [
        f"{METRICS[name][0]}<small>{escape(model)}</small>" for name in names for model in models
    ]
    rows = []
    for source in shown:
        counts = ", ".join(f"{n:,} {inline(label)}" for label, n in first[source]["labels"].items())
        cells = [value(slices[model][source][name]) for name in names for model in models]
        rows.append([f"{inline(source)}<small>{counts}</small>", *cells])
    more = len(first) - len(shown)
    note = f"<p>The {len(shown)} largest; {more:,} smaller ones are left out.</p>" if more else ""
    return table(["Source", *heads], rows) + note


def _mistakes(mistakes: pd.DataFrame, explanations: list[Explanation], positive: str | None) -> str:
    if mistakes.empty:
        return "<p>None: every message of the test split got its label.</p>"
    return LEGEND + "\n".join(
        '<div class="mistake">'
        f"<p><b>{inline(row.label)}</b> called <b>{inline(row.predicted)}</b>, "
        f"p({inline(positive or row.predicted)}) = {row.probability:.4f}"
        f"<small>{inline(row.source)}, {escape(row.id)}</small></p>"
        f'<p dir="auto">{escape(row.excerpt)}</p>'
        f"<details><summary>Why</summary>{draw(explanation)}</details></div>"
        for row, explanation in zip(mistakes.itertuples(), explanations, strict=True)
    )


def _data(split: dict[str, Any]) -> str:
    labels = sorted({label for part in split["splits"].values() for label in part["labels"]})
    rows = [
        [escape(name), f"{part['messages']:,}", f"{part['clusters']:,}"]
        + [f"{part['labels'].get(label, 0):,}" for label in labels]
        for name, part in split["splits"].items()
    ]
    crossing = split["clusters"]["in_more_than_one_split"]
    verdict = (
        '<p class="ok">No cluster of near-duplicates is in more than one split.</p>'
        if crossing == 0
        else f'<p class="bad">{crossing:,} clusters of near-duplicates are in more than one split: '
        "the metrics above are too good.</p>"
    )
    leakage = split["near_duplicate_leakage"]
    shares = [
        [inline(label), f"{leakage['this_split'].get(label, 0):.1%}", f"{plain:.1%}"]
        for label, plain in leakage["plain_random_split"].items()
    ]
    return (
        table(["Split", "Messages", "Clusters", *map(inline, labels)], rows)
        + f"<p>{split['excluded']:,} of {split['messages']:,} messages are in no split, because "
        "they tie clusters of different splits together.</p>"
        + verdict
        + "<p>Test messages with a near-duplicate among the training messages (Jaccard similarity "
        f"of at least {leakage['similarity']:g}):</p>"
        + table(["Label", "This split", "A plain random split"], shares)
    )
