"""The evaluation as one HTML page that needs nothing else: no network, no script, no other file."""

import base64
from typing import Any

import pandas as pd

from rnnops.core import layout
from rnnops.core.bidi import isolate
from rnnops.core.numbers import format_number, format_probability
from rnnops.metrics.evaluation import BASELINE, HALVES, NETWORK
from rnnops.metrics.intervals import METHOD
from rnnops.metrics.measured import format_measured
from rnnops.metrics.metric import Metric
from rnnops.metrics.metrics import keys_of, metric_of, title_of
from rnnops.metrics.slices import Slices
from rnnops.report.cells import Cell, measured_cell
from rnnops.report.decision_rule import (
    describe_decision_rule,
    describe_shortage,
    format_threshold,
)
from rnnops.report.explanation import Explanation
from rnnops.report.explanation_page import describe_explanation
from rnnops.report.perturbations import PERTURBATIONS
from rnnops.report.results import Results
from rnnops.report.split_table import split_table
from rnnops.report.strata_table import strata_table
from rnnops.templating.environment import render

PICTURES = {
    "roc": "ROC curves",
    "precision_recall": "Precision-recall curves",
    "calibration": "Calibration",
    "confusion": "Confusion matrices",
    "learning_curves": "Learning curves",
    "gradient_flow": "Gradient through time",
}
SOURCES_SHOWN = 40
PERTURBED = {  # with and without a positive label
    True: ("accuracy", "false_positive_rate", "recall", "one_minus_auc_percent"),
    False: ("accuracy", "f1"),
}


def render_report(
    *,
    method: str,
    results: Results,
    split: dict[str, Any],
    robustness: dict[str, dict[str, dict[str, Any]]],
    slices: dict[str, Slices],
    strata: dict[str, Slices],
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
        slices, strata: of the network and the baseline, from `metrics_by_source` and
            `metrics_by_stratum`.
        pictures: PNG bytes, from `draw_all`.
        mistakes: of the network, from `worst_mistakes`.
        explanations: of the mistakes, in the same order.
    """
    return render(
        "report/templates/report.html.j2",
        title=f"{results.dataset}: {method}, network against baseline",
        method=method,
        baseline=_words(results.best_baseline),
        optimism=results.describe_optimism(),
        decision_rule=_decision_rule(results),
        shortage=describe_shortage(results.positive, results.max_false_positive_rate, split),
        method_of_intervals=METHOD,
        data=_data(split),
        metrics=_metrics(results, split["splits"][layout.TEST]),
        classifiers=_classifiers(results),
        perturbed=_perturbed(robustness, results.positive),
        negation=_negation(robustness.get("negation")),
        pictures=[
            {
                "description": PICTURES.get(name, name),
                "base64": base64.b64encode(picture).decode(),
            }
            for name, picture in pictures.items()
        ],
        sources=_sources(slices),
        strata=strata_table(strata),
        mistakes=[
            {
                "label": row["label"],
                "predicted": row["predicted"],
                "ranked": results.positive or row["predicted"],
                "probability": format_probability(row["probability"]),
                "source": row["source"],
                "id": row["id"],
                "excerpt": row["excerpt"],
                "explanation": describe_explanation(explanation),
            }
            for row, explanation in zip(mistakes.to_dict("records"), explanations, strict=True)
        ],
    )


def _decision_rule(results: Results) -> str:
    network, baseline = (results.thresholds[name] for name in (NETWORK, results.best_baseline))
    cap = results.max_false_positive_rate
    rule = describe_decision_rule(results.positive, network, cap)
    if baseline is not None and cap is not None:
        rule += f" The baseline's threshold is {format_threshold(baseline)}."
    return rule


def _data(split: dict[str, Any]) -> dict[str, Any]:
    heads, rows = split_table(split)
    leakage, contained = split["near_duplicate_leakage"], split["containment"]
    return {
        "heads": [head.capitalize() for head in heads[:3]] + heads[3:],
        "rows": rows,
        "messages": split["messages"],
        "excluded": split["excluded"],
        "crossing": split["clusters"]["in_more_than_one_split"],
        "leakage": [
            [label, f"{leakage['this_split'].get(label, 0):.1%}", f"{share:.1%}"]
            for label, share in leakage["plain_random_split"].items()
        ],
        "leakage_caption": "Test messages with a near-duplicate among the training messages "
        f"(Jaccard similarity of at least {leakage['similarity']:g})",
        "measured": sum(leakage["measured"]["this_split"].values()),
        "contained_at_least": f"{contained['at_least']:.0%}",
        "contained": ", ".join(
            f"{share:.1%} of {isolate(label)}" for label, share in contained["this_split"].items()
        ),
    }


def _metrics(results: Results, test: dict[str, Any]) -> dict[str, Any]:
    positive = results.positive
    rest = next(label for label in test["labels"] if label != positive) if positive else None
    labels = {
        "positive": isolate(positive or "a label"),
        "rest": isolate(rest or "the other labels"),
    }
    measured = results.network_against_baseline(layout.TEST)
    models = [measured[NETWORK], measured[BASELINE]]
    rows = []
    for key, difference in measured["difference"].items():
        metric = metric_of(key)
        note = metric.meaning.format(**labels)
        note += "; lower is better" if metric.lower_is_better else ""
        better = _better(metric, [model[key]["value"] for model in models])
        cells = [
            measured_cell(model[key], metric.decimals, is_better=position == better)
            for position, model in enumerate(models)
        ]
        cells.append(measured_cell(difference, metric.decimals, "+"))
        rows.append([Cell(title_of(key), note), *cells])
    return {"rows": rows, "messages": test["messages"], "clusters": test["clusters"]}


def _better(metric: Metric, values: list[float | None]) -> int | None:
    """The position of the better value; None if all are equal."""
    known = [value for value in values if value is not None]
    if len(set(known)) < 2:
        return None
    return values.index((min if metric.lower_is_better else max)(known))


def _classifiers(results: Results) -> dict[str, Any]:
    measured, keys = results.metrics[layout.TEST], results.compared
    rows = [
        [name, *(measured_cell(measured[model][key], metric_of(key).decimals) for key in keys)]
        for model, name in results.classifiers.items()
    ]
    return {"heads": ["Classifier", *map(title_of, keys)], "rows": rows}


def _perturbed(
    robustness: dict[str, dict[str, dict[str, Any]]], positive: str | None
) -> dict[str, Any]:
    keys = keys_of(PERTURBED[positive is not None], positive)
    tables = [
        {
            "caption": f"{each.title}: {each.description}",
            "rows": [
                [HALVES.get(model, model), *(_changed_cell(key, changes[key]) for key in keys)]
                for model, changes in robustness[each.name].items()
            ],
        }
        for each in PERTURBATIONS.values()
    ]
    return {"heads": ["Classifier", *map(title_of, keys)], "tables": tables}


def _changed_cell(key: str, changed: dict[str, Any]) -> Cell:
    """Such as `0.0030 → 0.0151`, with the change and its interval below."""
    decimals, change = metric_of(key).decimals, changed["change"]
    before, after = (
        format_number(changed[when], decimals=decimals) for when in ("before", "after")
    )
    return Cell(f"{before} → {after}", format_measured(change, "+", decimals))


def _negation(negation: dict[str, dict[str, Any]] | None) -> dict[str, Any] | None:
    if negation is None:
        return None
    models = [{"model": model, **found} for model, found in negation.items()]
    return {"pairs": models[0]["pairs"], "models": models}


def _sources(slices: dict[str, Slices]) -> dict[str, Any]:
    models = list(slices)
    first = slices[models[0]]
    shown = sorted(first, key=lambda source: (-first[source]["messages"], source))[:SOURCES_SHOWN]
    columns = [(key, model) for key in first[shown[0]]["metrics"] for model in models]
    heads = [Cell(title_of(key), model) for key, model in columns]
    rows = [
        [Cell(source, _counts(first[source]["labels"]))]
        + [
            measured_cell(slices[model][source]["metrics"][key], metric_of(key).decimals)
            for key, model in columns
        ]
        for source in shown
    ]
    return {"heads": ["Source", *heads], "rows": rows, "omitted": len(first) - len(shown)}


def _counts(labels: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {isolate(label)}" for label, number in labels.items())


def _words(name: str) -> str:
    return name.replace("_", " ")
