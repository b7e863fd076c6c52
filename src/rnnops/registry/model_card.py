"""A registered version described in Markdown: its use, metrics, verdict and lineage."""

from typing import Any

from rnnops.core import layout
from rnnops.core.bidi import isolate
from rnnops.core.numbers import format_number
from rnnops.gate.verdict import Verdict
from rnnops.metrics.evaluation import BASELINE, NETWORK
from rnnops.metrics.intervals import METHOD
from rnnops.metrics.measured import format_measured
from rnnops.metrics.metrics import headlines, metric_of, title_of
from rnnops.report.decision_rule import describe_decision_rule
from rnnops.report.results import Metrics, Results
from rnnops.report.split_table import split_labels, split_table
from rnnops.templating.environment import render

SOURCES_SHOWN = 20


def render_model_card(
    *,
    name: str,
    version: str,
    params: dict[str, Any],
    split: dict[str, Any],
    results: Results,
    slices: dict[str, Any],
    verdict: Verdict,
    lineage: dict[str, str],
) -> str:
    """The card; the same for the same arguments.

    Args:
        name: of the registered model.
        params: flat, as the network's run holds them.
        split, slices: the content of reports/split.json, and of `by_source` in reports/slices.json.
        lineage: values by name, in the order to show them.
    """
    cap = params["evaluate.max_false_positive_rate"]
    labels = [isolate(label) for label in split_labels(split)]
    return render(
        "registry/templates/model_card.md.j2",
        name=name,
        version=version,
        labels_or=_enumerate(labels, "or"),
        labels_and=_enumerate(labels, "and"),
        units=params["train.units"],
        bidirectional=params["train.bidirectional"],
        sequence_length=params["train.sequence_length"],
        method=params["features.method"],
        dataset=params["data.dataset"],
        baseline=_words(results.best_baseline),
        decision_rule=describe_decision_rule(results.positive, results.thresholds[NETWORK], cap),
        data=_data(split),
        metrics=_metrics(results, list(results.difference[layout.TEST])),
        method_of_intervals=METHOD,
        sources=_sources(slices[NETWORK]),
        reason=verdict.reason,
        lineage=list(lineage.items()),
    )


def describe_run(results: Results, verdict: Verdict) -> str:
    """The network's run in short, Markdown: the verdict and the headline metrics of both splits.

    Arguments as in `render_model_card`.
    """
    values = results.headlines(NETWORK)
    shown = [
        f"{metric_of(key).title} {format_number(value, decimals=metric_of(key).decimals)}"
        for key, value in values.items()
    ]
    return render(
        "registry/templates/run.md.j2",
        reason=verdict.reason,
        headlines=", ".join(shown),
        metrics=_metrics(results, headlines(results.difference[layout.TEST])),
    )


def _data(split: dict[str, Any]) -> dict[str, Any]:
    heads, rows = split_table(split)
    return {
        "heads": heads,
        "rows": rows,
        "messages": split["messages"],
        "excluded": split["excluded"],
        "crossing": split["clusters"]["in_more_than_one_split"],
    }


def _metrics(results: Results, keys: list[str]) -> dict[str, Any]:
    measured = results.network_against_baseline(layout.TEST)
    rows = []
    for key in keys:
        note = " (lower is better)" if metric_of(key).lower_is_better else ""
        difference = _format(key, measured["difference"], "+")
        models = (_format(key, measured[model]) for model in (NETWORK, BASELINE))
        rows.append([title_of(key) + note, *models, difference])
    heads = ["metric", "network", f"baseline: {_words(results.best_baseline)}", "difference"]
    return {"heads": heads, "rows": rows}


def _sources(slices: dict[str, Any]) -> dict[str, Any]:
    by_size = sorted(slices, key=lambda source: (-slices[source]["messages"], source))
    keys = list(slices[by_size[0]]["metrics"])
    rows = [
        [source, f"{slices[source]['messages']:,}"]
        + [_format(key, slices[source]["metrics"]) for key in keys]
        for source in by_size[:SOURCES_SHOWN]
    ]
    return {
        "heads": ["source", "messages", *map(title_of, keys)],
        "rows": rows,
        "omitted": max(0, len(by_size) - SOURCES_SHOWN),
    }


def _format(key: str, metrics: Metrics, sign: str = "") -> str:
    return format_measured(metrics[key], sign, metric_of(key).decimals)


def _enumerate(names: list[str], last: str) -> str:
    *others, final = names
    return f"{', '.join(others)} {last} {final}" if others else final


def _words(name: str) -> str:
    return name.replace("_", " ")
