"""A registered version in words, as Markdown: what it is for, how good it is, where it is from."""

import re
from typing import Any

from rnnops.core import layout
from rnnops.metrics.metrics import LOWER_IS_BETTER
from rnnops.report.decision_rule import describe_decision_rule
from rnnops.report.metric_names import HEADLINES, METRICS
from rnnops.report.results import headlines

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
    results: dict[str, Any],
    slices: dict[str, Any],
    verdict: dict[str, Any],
    lineage: dict[str, str],
) -> str:
    """The card; the same for the same arguments.

    Args:
        name: of the registered model.
        params: flat, as the network's run says them.
        split: the content of reports/split.json; the next two those of results.json and
            slices.json.
        verdict: of the gate, as for `with_verdict`.
        lineage: values by name, in the order to show them.
    """
    parts = [
        f"# {_text(name)}, version {_text(version)}",
        _what(params, split, results["baseline"]),
        "## Intended use and limits",
        _use(params, split, results),
        "## Data",
        _data(split),
        "## Metrics on the test split",
        _compared(results, layout.TEST, tuple(METRICS)),
        "95% intervals from a bootstrap over clusters of near-duplicates. The difference is\n"
        "paired, on the same resamples.",
        "## Source by source",
        _slices(slices["network"]),
        "## How to load it",
        _loading(name, version),
        "## Verdict of the gate",
        _verdict(verdict),
        "## Lineage",
        _table(["name", "value"], [[_text(key), _text(said)] for key, said in lineage.items()]),
    ]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def describe_run(results: dict[str, Any], verdict: dict[str, Any]) -> str:
    """The network's run in short, Markdown: the verdict and the headline metrics of both splits.

    Arguments as in `render_model_card`.
    """
    parts = [
        _verdict(verdict),
        f"**On the validation split:** {_chosen_by(results[layout.VALIDATION]['network'])}.",
        "On the test split, which the gate judges by:",
        _compared(results, layout.TEST, HEADLINES),
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


def _use(params: dict[str, Any], split: dict[str, Any], results: dict[str, Any]) -> str:
    labels = ", ".join(_text(label) for label in _labels(split))
    use = (
        f"For sorting text messages like those of {_text(params['data.dataset'])} into {labels}, "
        "with a probability for each label."
    )
    length = params["train.sequence_length"]
    rule = describe_decision_rule(
        results["positive"], results["threshold"], params["evaluate.max_false_positive_rate"]
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


def _compared(results: dict[str, Any], split: str, names: tuple[str, ...]) -> str:
    measured, baseline = results[split], results["baseline"]
    network = measured["network"]
    rows = []
    for base in names:
        name = base if base in network else f"macro_{base}"
        if name in network:
            title = METRICS[base][0] + (", mean over labels" if name != base else "")
            note = " (lower is better)" if base in LOWER_IS_BETTER else ""
            found = (measured[of][name] for of in ("network", "baseline", "difference"))
            rows.append([title + note, *map(_value, found)])
    return _table(["metric", "network", f"baseline: {_words(baseline)}", "difference"], rows)


def _chosen_by(validation: dict[str, Any]) -> str:
    shown = [
        f"{METRICS[name.removeprefix('macro_')][0]} {'n/a' if value is None else f'{value:.4f}'}"
        for name, value in headlines(validation).items()
    ]
    return ", ".join(shown)


def _slices(slices: dict[str, Any]) -> str:
    by_size = sorted(slices, key=lambda source: (-slices[source]["messages"], source))
    names = [name for name in slices[by_size[0]] if name not in ("messages", "labels")]
    rows = [
        [_text(source), f"{slices[source]['messages']:,}"]
        + [_value(slices[source][name]) for name in names]
        for source in by_size[:SOURCES_SHOWN]
    ]
    more = len(by_size) - SOURCES_SHOWN
    note = f"\n\n{more:,} smaller ones are left out." if more > 0 else ""
    return _table(["source", "messages", *(METRICS[name][0] for name in names)], rows) + note


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


def _value(metric: dict[str, Any]) -> str:
    if metric["value"] is None:
        return "n/a"
    if metric["low"] is None:
        return f"{metric['value']:.4f}"
    return f"{metric['value']:.4f} [{metric['low']:.4f}, {metric['high']:.4f}]"


def _table(heads: list[str], rows: list[list[str]]) -> str:
    ruled = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ruled, *rows))


def _words(name: str) -> str:
    return _text(name.replace("_", " "))


def _text(said: str) -> str:
    # Names of labels and sources are anybody's text: no markup, no HTML, no second line.
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(said.split()))
