"""Figures on quality: a function each from the results to Markdown.

`read` gives the content of a JSON file by its path in the project.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import quality
from quality_tables import (
    choices_table,
    drift_table,
    estimates_table,
    labelling_table,
    order_table,
    retrain_table,
    segmentation_table,
)

from rnnops.core.numbers import format_number
from rnnops.metrics.measured import format_measured
from rnnops.report.perturbations import PERTURBATIONS
from rnnops.report.results import Results
from rnnops.templating.environment import markdown_table
from rnnops.tracking.tags import BLAS_TAG, CPU_TAG, INSTRUCTIONS_TAG

Read = Callable[[str], Any]
HEADLINES = ("accuracy", "recall", "false_positive_rate", "one_minus_auc_percent")
OF_HALVES = ("accuracy", "f1", "one_minus_auc_percent", "recall_at_0_5_percent_fpr", "log_loss")
NOT_SHOWN = ("false_negative_rate", "expected_calibration_error")
QUALITY = "benchmarks/results/quality.json"
SETS = ("amx", "avx512", "avx2", "fma", "sve", "asimd")  # of instructions, the widest first
AT_THE_THRESHOLD = ("accuracy", "false_positive_rate", "recall")


def metrics_table(read: Read, models: Sequence[str], metrics: Sequence[str] | None = None) -> str:
    """A row for each metric on the test split, with intervals, and a column for each model.

    Args:
        models: of reports/results.json; `baseline` is the one that validation chose.
        metrics: all but `NOT_SHOWN` if None.
    """
    results = read("reports/results.json")
    measured = results["metrics"]["test"]
    keys = [results["best_baseline"] if model == "baseline" else model for model in models]
    heads = [
        f"{model}: {key}".replace("_", " ") if model != key else model.replace("_", " ")
        for model, key in zip(models, keys, strict=True)
    ]
    if metrics is None:
        metrics = [name for name in measured["network"] if name not in NOT_SHOWN]
    rows = [[name, *(format_measured(measured[key][name]) for key in keys)] for name in metrics]
    return markdown_table(("metric", *heads), rows)


def classifiers_table(read: Read) -> str:
    """A row for each classifier, with the `HEADLINES` of the test split and their intervals."""
    results = Results(**read("reports/results.json"))
    rows = [
        [shown, *(format_measured(results.metrics["test"][model][name]) for name in HEADLINES)]
        for model, shown in results.classifiers.items()
    ]
    return markdown_table(("", *HEADLINES), rows)


def errors_by_similarity(read: Read) -> str:
    """How the network does on the messages that are least like a training message."""
    by_stratum = read("reports/slices.json")["by_train_similarity"]["network"]
    name, unlike = next(iter(by_stratum.items()))
    errors = {
        stratum: round(found["messages"] * (1 - found["metrics"]["accuracy"]["value"]))
        for stratum, found in by_stratum.items()
    }
    auc = format_number(unlike["metrics"]["one_minus_auc_percent"]["value"])
    return (
        f"{errors[name]} of the network's {sum(errors.values())} errors are among the "
        f"{unlike['messages']:,} test messages whose similarity to every training message is "
        f"{name}: there 1 − ROC-AUC is {auc}%."
    )


def strata_table(read: Read) -> str:
    """A row for each stratum of similarity, with the network's and the baseline's metrics."""
    rows = [
        [stratum, f"{found['messages']:,}", model]
        + [format_measured(found["metrics"][name]) for name in HEADLINES]
        for model, by_stratum in read("reports/slices.json")["by_train_similarity"].items()
        for stratum, found in by_stratum.items()
    ]
    return markdown_table(("similarity", "messages", "model", *HEADLINES), rows)


def leakage_table(read: Read) -> str:
    """The share of test messages with a near-duplicate in the training split, by label."""
    leaked = read("reports/split.json")["near_duplicate_leakage"]
    rows = [
        [label, f"{leaked['this_split'][label]:.4f}", f"{share:.4f}"]
        for label, share in leaked["plain_random_split"].items()
    ]
    return markdown_table(("label", "this project's split", "plain random split"), rows)


def perturbations_table(read: Read) -> str:
    """Before and after each perturbation, what the deployed threshold decides."""
    robustness = read("reports/robustness.json")
    rows = [
        [
            name,
            model,
            *(
                " → ".join(format_number(found[metric][when]) for when in ("before", "after"))
                for metric in AT_THE_THRESHOLD
            ),
        ]
        for name in PERTURBATIONS
        for model, found in robustness[name].items()
    ]
    return markdown_table(("", "model", *AT_THE_THRESHOLD), rows)


def standing(read: Read) -> str:
    """On which corpora the network is ahead of its baseline, level or behind, in a sentence."""
    results = read(QUALITY)
    corpora: dict[str, list[str]] = {"ahead": [], "level": [], "behind": []}
    for corpus, found in results.items():
        metric = quality.key_of(next(iter(quality.BARS[corpus])), found)
        corpora[quality.network_stands(metric, found["test"][metric]["difference"])].append(corpus)
    words = {
        "ahead": "the network is ahead of its baseline on",
        "level": "the interval of the difference includes 0 on",
        "behind": "the network is behind its baseline on",
    }
    parts = [f"{words[how]} {_listed(names)}" for how, names in corpora.items() if names]
    seeds = min(len(found["seeds"]) for found in results.values())
    return f"Over {len(results)} corpora and {seeds} seeds {'; '.join(parts)}."


def seeds_table(read: Read) -> str:
    """A row for each corpus with its first metric over the seeds, on the test splits."""
    rows = []
    for corpus, found in read(QUALITY).items():
        metric = quality.key_of(next(iter(quality.BARS[corpus])), found)
        rows.append([corpus, metric, *quality.over_seeds(found["test"][metric])])
    seeds = min(len(found["seeds"]) for found in read(QUALITY).values())
    heads = (f"{seeds} seeds", "metric", "network", "baseline", "network - baseline, 95%")
    return markdown_table(heads, rows)


def processors(read: Read) -> str:
    """The processors of the runs over several seeds, and what their rounding depends on."""
    found = set()
    for machine in (each["machine"] for each in read(QUALITY).values() if "machine" in each):
        sets = [name for name in SETS if f" {name}" in f" {machine[INSTRUCTIONS_TAG]}"]
        found.add(f"{machine[CPU_TAG]} with {', '.join(sets)} and {machine[BLAS_TAG]}")
    return "; ".join(sorted(found))


def halves_table(read: Read) -> str:
    """Each half alone and both on validation, with the default settings."""
    choices = read("benchmarks/results/choices.json")
    defaults = {
        corpus: [choice for choice in found if not choice["changed"]]
        for corpus, found in choices.items()
    }
    return choices_table(defaults)


def segmentation_error(read: Read) -> str:
    """The largest standard error of an accuracy of the table on segmentation."""
    found = read("benchmarks/results/segmentation.json")
    accuracies = [one for each in found["accuracy"].values() for one in each.values()]
    return f"{max(math.sqrt(p * (1 - p) / found['measured_on']) for p in accuracies):.3f}"


def _messages(read: Read) -> str:
    return f"{read('reports/split.json')['messages']:,}"


def _test_messages(read: Read) -> str:
    return f"{read('reports/split.json')['splits']['test']['messages']:,}"


def _bars(read: Read) -> str:
    return quality.bars_table(read(QUALITY))


def _robustness(read: Read) -> str:
    return quality.robustness_table(read(QUALITY))


def _retrain_difference(read: Read) -> str:
    """The accuracy of always replacing less that of never."""
    found = read("benchmarks/results/retrain.json")["all"]["difference"]
    return format_measured(found["always"]["accuracy"], "+")


def _adding(read: Read) -> str:
    found = read("benchmarks/results/adding.json")
    return (
        f"{found['rows']:,} messages of {found['words']} words take {found['median']:.0f} seconds "
        f"on {found['cores']} cores"
    )


def _no_change(read: Read) -> str:
    """What CI's commands take, and `make repro` in place."""
    found = read("benchmarks/results/no_change.json")
    return " and ".join(
        f"{each['total']:.0f} seconds {kind}, {each['ratio']:.1f} times `make repro` in place"
        for kind, each in found.items()
    )


def _segmentation(read: Read) -> str:
    return segmentation_table(read("benchmarks/results/segmentation.json"))


def _reviews(read: Read) -> str:
    return f"{read('benchmarks/results/segmentation.json')['reviews']:,}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


QUALITY_FIGURES: dict[str, Callable[[Read], str]] = {
    "messages": _messages,
    "test-messages": _test_messages,
    "classifiers": classifiers_table,
    "errors-by-similarity": errors_by_similarity,
    "strata": strata_table,
    "metrics": lambda read: metrics_table(read, ("network", "baseline")),
    "metrics-of-halves": lambda read: metrics_table(
        read, ("network", "recurrent", "linear"), OF_HALVES
    ),
    "leakage": leakage_table,
    "perturbations-at-the-threshold": perturbations_table,
    "standing": standing,
    "seeds": seeds_table,
    "processors": processors,
    "corpora": _bars,
    "perturbations": _robustness,
    "halves": halves_table,
    "adding": _adding,
    "drift": lambda read: drift_table(read("benchmarks/results/drift.json")),
    "drift-estimates": lambda read: estimates_table(read("benchmarks/results/drift.json")),
    "labelling": lambda read: labelling_table(read("benchmarks/results/labelling.json")),
    "no-change": _no_change,
    "order": lambda read: order_table(read("benchmarks/results/order.json")),
    "retrain": lambda read: retrain_table(read("benchmarks/results/retrain.json")),
    "retrain-difference": _retrain_difference,
    "segmentation": _segmentation,
    "segmentation-reviews": _reviews,
    "segmentation-error": segmentation_error,
}
