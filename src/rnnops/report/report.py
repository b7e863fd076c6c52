"""The evaluation as one HTML page that needs nothing else: no network, no script, no other file."""

import base64
from html import escape
from typing import Any

import pandas as pd

from rnnops.core import layout
from rnnops.metrics.evaluation import BASELINE, LINEAR, NETWORK, RECURRENT
from rnnops.metrics.metrics import keys_of, metric_of, title_of
from rnnops.metrics.slices import Slices
from rnnops.report.decision_rule import describe_decision_rule
from rnnops.report.explanation import Explanation
from rnnops.report.explanation_page import LEGEND, draw
from rnnops.report.html import inline, page, section, table, value
from rnnops.report.results import Results

PICTURES = {
    "roc": "ROC curves",
    "precision_recall": "Precision-recall curves",
    "calibration": "Calibration",
    "confusion": "Confusion matrices",
    "learning_curves": "Learning curves",
    "gradient_flow": "Gradient through time",
}
PERTURBATIONS = {
    "shuffled": ("Words shuffled", "mean of five random orders"),
    "typos": ("Misspelt", "two letters swapped in every fifth word"),
    "padded": ("Padded", "with twenty words that are typical of another label"),
    "capitals": ("In capitals", "every letter"),
}
SOURCES_SHOWN = 40
COMPARED = ("accuracy", "f1", "one_minus_auc_percent", "recall_at_0_5_percent_fpr", "log_loss")
HALVES = {RECURRENT: "recurrent half alone", LINEAR: "linear half alone"}


def render_report(
    *,
    method: str,
    results: Results,
    split: dict[str, Any],
    robustness: dict[str, dict[str, dict[str, Any]]],
    slices: dict[str, Slices],
    pictures: dict[str, bytes],
    mistakes: pd.DataFrame,
    explanations: list[Explanation],
) -> str:
    """The page.

    Args:
        method: of the features.
        split: the content of reports/split.json.
        robustness: by perturbation, from `measure_robustness`; for sentiment with a key `negation`,
            from `measure_negation`.
        slices: of the network and the baseline, from `metrics_by_source`.
        pictures: PNG bytes, from `draw_all`.
        mistakes: of the network, from `worst_mistakes`.
        explanations: of the mistakes, in the same order.
    """
    title = f"{results.dataset}: {method}"
    parts = [
        f"<h1>{escape(title)}, network against baseline</h1>",
        _decisions(results),
        section("Data", _data(split)),
        section("Metrics on the test split", _metrics(results, split)),
        section("All classifiers", _classifiers(results)),
        section(
            "What the classification depends on",
            _losses(robustness, results.positive) + _negation(robustness.get("negation")),
        ),
        section("Plots", _pictures(pictures)),
        section("Source by source", _slices(slices)),
        section(
            "The worst mistakes of the network",
            _mistakes(mistakes, explanations, results.positive),
        ),
    ]
    return page(title, parts)


def _decisions(results: Results) -> str:
    network, baseline = (results.thresholds[name] for name in (NETWORK, results.best_baseline))
    cap = results.max_false_positive_rate
    rule = describe_decision_rule(results.positive, network, cap)
    if results.positive is not None and cap is not None:
        rule += f" The baseline's threshold is {baseline:.4g}."
    return f"<p>{escape(rule)}</p>"


def _metrics(results: Results, split: dict[str, Any]) -> str:
    test, positive = split["splits"][layout.TEST], results.positive
    rest = next(label for label in test["labels"] if label != positive) if positive else "other"
    words = {"positive": inline(positive or "a label's"), "rest": inline(rest)}
    measured = results.network_against_baseline(layout.TEST)
    models = [measured[NETWORK], measured[BASELINE]]
    rows = []
    for key, difference in measured["difference"].items():
        metric = metric_of(key)
        note = metric.meaning.format(**words) + (
            "; lower is better" if metric.lower_is_better else ""
        )
        known = [model[key]["value"] for model in models if model[key]["value"] is not None]
        best = (min if metric.lower_is_better else max)(known, default=None)
        is_best = [len(set(known)) > 1 and model[key]["value"] == best for model in models]
        rows.append(
            [f"{title_of(key)}<small>{note}</small>"]
            + [
                value(model[key], metric.decimals, is_best=mark)
                for model, mark in zip(models, is_best, strict=True)
            ]
            + [value(difference, metric.decimals)]
        )
    return table(["Metric", NETWORK, BASELINE, "Difference"], rows) + (
        f"<p>{test['messages']:,} messages; 95% intervals from a bootstrap over "
        f"{test['clusters']:,} clusters of near-duplicates. The difference is paired, on the same "
        "resamples: when its interval excludes 0, the value in bold is better beyond chance.</p>"
    )


def _classifiers(results: Results) -> str:
    measured = results.metrics[layout.TEST]
    halves = {model: shown for model, shown in HALVES.items() if model in measured}
    baselines = {name: name.replace("_", " ") for name in results.baselines}
    shown = {**baselines, **halves, NETWORK: NETWORK}
    keys = keys_of(COMPARED, results.positive)
    rows = [
        [escape(name), *(value(measured[model][key], metric_of(key).decimals) for key in keys)]
        for model, name in shown.items()
    ]
    return table(["Classifier", *(metric_of(key).title for key in keys)], rows) + (
        "<p>The first has the lowest log loss on the validation split: it is the baseline.</p>"
    )


def _losses(robustness: dict[str, dict[str, dict[str, Any]]], positive: str | None) -> str:
    keys = keys_of(("accuracy", "roc_auc" if positive else "f1"), positive)
    models = list(robustness["shuffled"])
    rows = [
        [f"{title}<small>{meaning}</small>"]
        + [
            value(robustness[name][model][key]["loss"], metric_of(key).decimals)
            for key in keys
            for model in models
        ]
        for name, (title, meaning) in PERTURBATIONS.items()
    ]
    heads = [
        f"Loss of {metric_of(key).title}<small>{escape(model)}</small>"
        for key in keys
        for model in models
    ]
    return table(["Perturbation", *heads], rows) + (
        "<p>The loss is the metric before less the metric after the perturbation, on the same test "
        "messages, thresholds unchanged. Word order contributes what shuffling loses.</p>"
    )


def _negation(negation: dict[str, dict[str, Any]] | None) -> str:
    if negation is None:
        return ""
    shares = "; ".join(
        f"{escape(model)} {found['moved']:.0%} moved, {found['reversed']:.0%} reversed"
        for model, found in negation.items()
    )
    number = next(iter(negation.values()))["pairs"]
    return (
        f"<p>Of {number} pairs like “It was good”, “It was not good”, classified as expected: "
        f"{shares}.</p>"
    )


def _pictures(pictures: dict[str, bytes]) -> str:
    images = "\n".join(
        f'<img alt="{escape(PICTURES.get(name, name))}" '
        f'src="data:image/png;base64,{base64.b64encode(picture).decode()}">'
        for name, picture in pictures.items()
    )
    return f'<div class="pictures">\n{images}\n</div>'


def _slices(slices: dict[str, Slices]) -> str:
    models = list(slices)
    first = slices[models[0]]
    shown = sorted(first, key=lambda source: (-first[source]["messages"], source))[:SOURCES_SHOWN]
    keys = list(first[shown[0]]["metrics"])
    heads = [f"{title_of(key)}<small>{escape(model)}</small>" for key in keys for model in models]
    rows = []
    for source in shown:
        counts = ", ".join(f"{n:,} {inline(label)}" for label, n in first[source]["labels"].items())
        cells = [
            value(slices[model][source]["metrics"][key], metric_of(key).decimals)
            for key in keys
            for model in models
        ]
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
