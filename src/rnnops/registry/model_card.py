"""A registered version in words, as Markdown: what it is for, how good it is, where it is from."""

import re
from typing import Any

from rnnops.core import layout
from rnnops.metrics.evaluation import NETWORK
from rnnops.metrics.measured import format_measured, format_number
from rnnops.metrics.metrics import headlines, metric_of, title_of
from rnnops.report.decision_rule import describe_decision_rule
from rnnops.report.results import Metrics, Results

SOURCES_SHOWN = 20
LIMITS = """\
- It knows what its training messages knew. Other languages, times and sources are not measured
  here: score labelled messages of your own before you rely on it.
- Of a long message the recurrent half reads the start and the end, {length} tokens at most.
- Whoever knows the words of another label can write them below a message: the report says how much
  is lost to that, and to misspelling.
- Its mistakes are real messages: let a person see what it holds back.
"""


def render_model_card(
    *,
    name: str,
    version: str,
    params: dict[str, Any],
    split: dict[str, Any],
    results: Results,
    slices: dict[str, Any],
    verdict: dict[str, Any],
    lineage: dict[str, str],
) -> str:
    """The card; the same for the same arguments.

    Args:
        name: of the registered model.
        params: flat, as the network's run says them.
        split, slices: the content of reports/split.json and reports/slices.json.
        verdict: of the gate, as for `with_verdict`.
        lineage: values by name, in the order to show them.
    """
    parts = [
        f"# {_text(name)}, version {_text(version)}",
        _what(params, split, results.best_baseline),
        "## Intended use and limits",
        _use(params, split, results),
        "## Data",
        _data(split),
        "## Metrics on the test split",
        _compared(results),
        "95% intervals from a bootstrap over clusters of near-duplicates. The difference is\n"
        "paired, on the same resamples.",
        "## Source by source",
        _slices(slices[NETWORK]),
        "## How to load it",
        _loading(name, version),
        "## Verdict of the gate",
        _verdict(verdict),
        "## Lineage",
        _table(["name", "value"], [[_text(key), _text(said)] for key, said in lineage.items()]),
    ]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def describe_run(results: Results, verdict: dict[str, Any]) -> str:
    """The network's run in short, Markdown: the verdict and the headline metrics of both splits.

    Arguments as in `render_model_card`.
    """
    parts = [
        _verdict(verdict),
        f"**On the validation split:** {_headlines(results.headlines(NETWORK))}.",
        "On the test split, which the gate judges by:",
        _compared(results, headlines_only=True),
    ]
    return "\n\n".join(parts) + "\n"


def _what(params: dict[str, Any], split: dict[str, Any], baseline: str) -> str:
    labels = " or ".join(_text(label) for label in _labels(split))
    direction = "in both directions" if params["train.bidirectional"] else "from start to end"
    network = (
        f"a recurrent network (SimpleRNN, {params['train.units']} units) that reads the words of a "
        f"message {direction}"
    )
    if params["features.method"] == "hybrid":
        network += f", joined with the order-blind {_words(baseline)}"
    return (
        f"Tells whether a message is {labels}: {network}. Features: {params['features.method']}; "
        f"trained on {_text(params['data.dataset'])}."
    )


def _use(params: dict[str, Any], split: dict[str, Any], results: Results) -> str:
    labels = ", ".join(_text(label) for label in _labels(split))
    use = (
        f"For sorting text messages like those of {_text(params['data.dataset'])} into {labels}, "
        "with a probability for each label."
    )
    length = params["train.sequence_length"]
    rule = describe_decision_rule(
        results.positive, results.thresholds[NETWORK], params["evaluate.max_false_positive_rate"]
    )
    return f"{use} {_text(rule)}\n\n{LIMITS.format(length=length)}"


def _data(split: dict[str, Any]) -> str:
    labels = _labels(split)
    rows = [
        [name, f"{part['messages']:,}", f"{part['clusters']:,}"]
        + [f"{part['labels'].get(label, 0):,}" for label in labels]
        for name, part in split["splits"].items()
    ]
    crossing = split["clusters"]["in_more_than_one_split"]
    leak = (
        "No cluster of near-duplicates is in more than one split."
        if crossing == 0
        else f"**{crossing:,} clusters of near-duplicates are in more than one split: the metrics "
        "are too good.**"
    )
    return (
        _table(["split", "messages", "clusters", *map(_text, labels)], rows)
        + f"\n\n{split['excluded']:,} of {split['messages']:,} messages are in no split, because "
        f"they tie clusters of different splits together. {leak}"
    )


def _compared(results: Results, *, headlines_only: bool = False) -> str:
    measured = results.network_against_baseline(layout.TEST)
    keys = headlines(measured[NETWORK]) if headlines_only else list(measured[NETWORK])
    rows = []
    for key in keys:
        note = " (lower is better)" if metric_of(key).lower_is_better else ""
        rows.append([title_of(key) + note, *(_cell(key, found) for found in measured.values())])
    heads = ["metric", "network", f"baseline: {_words(results.best_baseline)}", "difference"]
    return _table(heads, rows)


def _headlines(values: dict[str, float | None]) -> str:
    shown = [
        f"{metric_of(key).title} {format_number(value, decimals=metric_of(key).decimals)}"
        for key, value in values.items()
    ]
    return ", ".join(shown)


def _cell(key: str, metrics: Metrics) -> str:
    return format_measured(metrics[key], decimals=metric_of(key).decimals)


def _slices(slices: dict[str, Any]) -> str:
    by_size = sorted(slices, key=lambda source: (-slices[source]["messages"], source))
    keys = list(slices[by_size[0]]["metrics"])
    rows = [
        [_text(source), f"{slices[source]['messages']:,}"]
        + [_cell(key, slices[source]["metrics"]) for key in keys]
        for source in by_size[:SOURCES_SHOWN]
    ]
    more = len(by_size) - SOURCES_SHOWN
    note = f"\n\n{more:,} smaller ones are left out." if more > 0 else ""
    return _table(["source", "messages", *map(title_of, keys)], rows) + note


def _loading(name: str, version: str) -> str:
    return (
        "```python\nimport mlflow\n\n"
        f'model = mlflow.pyfunc.load_model("models:/{name}/{version}")\n'
        'model.predict(["Meeting moved to 3 pm, see you there."])\n```\n\n'
        "A frame with the columns `label`, `probability` (of that label) and, for each label, one\n"
        "called `p_` and its name. The featurizer is inside."
    )


def _verdict(verdict: dict[str, Any]) -> str:
    return f"**Verdict of the gate:** {_text(verdict['reason'])}"


def _labels(split: dict[str, Any]) -> list[str]:
    return sorted({label for part in split["splits"].values() for label in part["labels"]})


def _table(heads: list[str], rows: list[list[str]]) -> str:
    ruled = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ruled, *rows))


def _words(name: str) -> str:
    return _text(name.replace("_", " "))


def _text(said: str) -> str:
    # Names of labels and sources are anybody's text: no markup, no HTML, no second line.
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(said.split()))
