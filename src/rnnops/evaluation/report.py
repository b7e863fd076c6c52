"""The evaluation as one HTML page that needs nothing else: no network, no script, no other file."""

import base64
from html import escape
from typing import Any

import pandas as pd

from rnnops.evaluation.metric_names import METRICS
from rnnops.evaluation.metrics import LOWER_IS_BETTER

PICTURES = {
    "roc": "ROC curves",
    "precision_recall": "Precision-recall curves",
    "calibration": "Calibration",
    "confusion": "Confusion matrices",
    "learning_curves": "Learning curves",
    "gradient_flow": "Gradient through time",
}
SOURCES_SHOWN = 40
COMPARED = ("accuracy", "f1", "one_minus_auc_percent", "recall_at_0_5_percent_fpr", "log_loss")

CSS = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1d2329; background: #fff; margin: 0 auto;
  max-width: 70rem; padding: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; }
p { max-width: 45rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .8rem .35rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid #dfe3e8; }
thead th { border-bottom: 2px solid #1d2329; white-space: nowrap; }
td.n, th.n { text-align: right; white-space: nowrap; }
tbody th { font-weight: 600; min-width: 9rem; }
small { color: #59636e; font-weight: 400; display: block; }
.better { font-weight: 700; }
.ok { color: #00614a; } .bad { color: #b3261e; font-weight: 700; }
.pictures { display: flex; flex-wrap: wrap; gap: 1.2rem; align-items: flex-start; }
img { max-width: 100%; height: auto; max-height: 27rem; }
.mistake { border-left: 4px solid #dfe3e8; padding: .1rem 0 .1rem .8rem; margin: 0 0 1rem;
  overflow-wrap: anywhere; }
.mistake p { margin: .2rem 0; unicode-bidi: isolate; }
"""


def render_report(
    *,
    dataset: str,
    method: str,
    split: dict[str, Any],
    metrics: dict[str, dict[str, dict[str, Any]]],
    thresholds: dict[str, float | None],
    difference: dict[str, dict[str, Any]],
    baselines: dict[str, dict[str, dict[str, Any]]],
    max_false_positive_rate: float | None,
    slices: dict[str, dict[str, dict[str, Any]]],
    pictures: dict[str, bytes],
    mistakes: pd.DataFrame,
    positive: str | None,
) -> str:
    """The page.

    Args:
        split: the content of reports/split.json.
        metrics: by model, from `with_intervals`; the first model is the one reported on.
        thresholds: by model; None for more than two labels.
        difference: of each metric, the first model's less the second's.
        baselines: the metrics of every order-blind classifier, by name, the chosen one first.
        max_false_positive_rate: the cap the thresholds were chosen under.
        slices: by model, from `metrics_by_source`.
        pictures: PNG bytes, from `draw_all`.
        mistakes: of the first model, from `worst_mistakes`.
        positive: the positive one of two labels.
    """
    model = next(iter(metrics))
    parts = [
        f"<h1>{escape(dataset)}: {escape(method)}, {escape(' against '.join(metrics))}</h1>",
        _decisions(thresholds, max_false_positive_rate, positive),
        _section("Data", _data(split)),
        _section("Metrics on the test split", _metrics(metrics, difference, positive, split)),
        _section("Order-blind classifiers", _baselines(metrics[model], baselines)),
        _section("Plots", _pictures(pictures)),
        _section("Source by source", _slices(slices)),
        _section(f"The worst mistakes of the {model}", _mistakes(mistakes, positive)),
    ]
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(dataset)}: {escape(method)}</title>\n<style>{CSS}</style>\n</head>\n"
        "<body>\n" + "\n".join(parts) + "\n</body>\n</html>\n"
    )


def _section(title: str, content: str) -> str:
    return f"<section>\n<h2>{escape(title)}</h2>\n{content}\n</section>"


def _table(heads: list[str], rows: list[list[str]]) -> str:
    # Cells are HTML; the first of a row is its header, the others are numbers.
    head = "".join(
        f'<th scope="col"{" class=n" if place else ""}>{cell}</th>'
        for place, cell in enumerate(heads)
    )
    body = "\n".join(
        f'<tr><th scope="row">{first}</th>' + "".join(f"<td class=n>{c}</td>" for c in cells)
        + "</tr>"
        for first, *cells in rows
    )  # fmt: skip
    return (
        f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _decisions(
    thresholds: dict[str, float | None], max_false_positive_rate: float | None, positive: str | None
) -> str:
    if positive is None or max_false_positive_rate is None:
        return "<p>A message gets its most probable label.</p>"
    above = ", ".join(f"{value:.4g} ({escape(name)})" for name, value in thresholds.items())
    return (
        f"<p>A message is called <b>{escape(positive)}</b> when its probability of that is greater "
        f"than {above}: chosen on the validation split so that at most "
        f"{100 * max_false_positive_rate:g}% of the others are called so.</p>"
    )


def _metrics(
    metrics: dict[str, Any],
    difference: dict[str, Any],
    positive: str | None,
    split: dict[str, Any],
) -> str:
    models = list(metrics)
    test = split["splits"]["test"]
    rest = next(label for label in test["labels"] if label != positive) if positive else "other"
    words = {"positive": escape(positive or "a label's"), "rest": escape(rest)}
    rows = []
    for base, (title, meaning) in METRICS.items():
        name = base if base in metrics[models[0]] else f"macro_{base}"
        lower = base in LOWER_IS_BETTER
        values = [metrics[model][name] for model in models]
        note = meaning.format(**words) + ("; lower is better" if lower else "")
        mean = ", mean over labels" if name != base else ""
        known = [value["value"] for value in values if value["value"] is not None]
        best = (min if lower else max)(known, default=None)
        rows.append(
            [f"{title}{mean}<small>{note}</small>"]
            + [
                _value(value, is_best=len(set(known)) > 1 and value["value"] == best)
                for value in values
            ]
            + [_value(difference[name])]
        )
    return _table(["Metric", *map(escape, models), "Difference"], rows) + (
        f"<p>{test['messages']:,} messages; 95% intervals from a bootstrap over "
        f"{test['clusters']:,} clusters of near-duplicates. The difference is paired, on the same "
        "resamples: an interval on one side of 0 bears the better value, in bold, out.</p>"
    )


def _baselines(network: dict[str, Any], baselines: dict[str, dict[str, Any]]) -> str:
    names = [name for name in METRICS if name in network or f"macro_{name}" in network]
    shown = [name if name in network else f"macro_{name}" for name in names if name in COMPARED]
    rows = [
        [escape(name.replace("_", " "))] + [_value(measured[metric]) for metric in shown]
        for name, measured in {**baselines, "network": network}.items()
    ]
    heads = [METRICS[name.removeprefix("macro_")][0] for name in shown]
    return _table(["Classifier", *heads], rows) + (
        "<p>The first has the lowest log loss on the validation split: it is the baseline.</p>"
    )


def _value(metric: dict[str, Any], is_best: bool = False) -> str:
    if metric["value"] is None:
        return "n/a"
    value = f"{metric['value']:.4f}"
    shown = f'<span class="better">{value}</span>' if is_best else value
    if metric["low"] is None:
        return shown
    return f"{shown}<small>{metric['low']:.4f} to {metric['high']:.4f}</small>"


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
        counts = ", ".join(f"{n:,} {escape(label)}" for label, n in first[source]["labels"].items())
        cells = [_value(slices[model][source][name]) for name in names for model in models]
        rows.append([f"{escape(source)}<small>{counts}</small>", *cells])
    more = len(first) - len(shown)
    note = f"<p>The {len(shown)} largest; {more:,} smaller ones are left out.</p>" if more else ""
    return _table(["Source", *heads], rows) + note


def _mistakes(mistakes: pd.DataFrame, positive: str | None) -> str:
    if mistakes.empty:
        return "<p>None: every message of the test split got its label.</p>"
    return "\n".join(
        '<div class="mistake">'
        f"<p><b>{escape(row.label)}</b> called <b>{escape(row.predicted)}</b>, "
        f"p({escape(positive or row.predicted)}) = {row.probability:.4f}"
        f"<small>{escape(row.source)}, {escape(row.id)}</small></p>"
        f'<p dir="auto">{escape(row.excerpt)}</p></div>'
        for row in mistakes.itertuples()
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
        [escape(label), f"{leakage['this_split'].get(label, 0):.1%}", f"{plain:.1%}"]
        for label, plain in leakage["plain_random_split"].items()
    ]
    return (
        _table(["Split", "Messages", "Clusters", *map(escape, labels)], rows)
        + f"<p>{split['excluded']:,} of {split['messages']:,} messages are in no split, because "
        "they tie clusters of different splits together.</p>"
        + verdict
        + "<p>Test messages with a near-duplicate among the training messages (Jaccard similarity "
        f"of at least {leakage['similarity']:g}):</p>"
        + _table(["Label", "This split", "A plain random split"], shares)
    )
