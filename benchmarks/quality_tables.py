"""The tables of settings that were tried, of shuffled words, of ways to divide Chinese text."""

import statistics
from typing import Any

from scipy.stats import binomtest

from rnnops.core.numbers import format_number
from rnnops.metrics.measured import format_measured
from rnnops.metrics.metrics import metric_of
from rnnops.templating.environment import markdown_table

OF_ORDER = ("accuracy", "f1", "one_minus_auc_percent", "recall_at_0_5_percent_fpr", "log_loss")


def choices_table(results: dict[str, Any]) -> str:
    """A row for each corpus and setting: means over the seeds, and the range of both halves.

    `results` is what choices.py writes.
    """
    rows = []
    for corpus, choices in results.items():
        for choice in choices:
            seeds = choice["seeds"]
            mean = {name: statistics.fmean(seed[name] for seed in seeds) for name in seeds[0]}
            losses = [seed["combined"] for seed in seeds]
            spread = f"[{min(losses):.4f}, {max(losses):.4f}]"
            changed = ", ".join(f"{name} {value}" for name, value in choice["changed"].items())
            auc = f"{mean['one_minus_auc']:.4f}" if "one_minus_auc" in mean else ""
            halves = (f"{mean[half]:.4f}" for half in ("recurrent", "linear"))
            both = f"{mean['combined']:.4f} {spread}"
            rows.append([corpus, changed or "nothing", len(seeds), *halves, both, auc])
    heads = ("corpus", "changed", "seeds", "recurrent half", "linear half", "both")
    return markdown_table((*heads, "1 - ROC-AUC, %"), rows)


def segmentation_table(results: dict[str, Any]) -> str:
    """A row for each way to divide text; `results` is what segmentation.py writes."""
    rows = [
        [name, *(format_number(accuracy) for accuracy in found.values())]
        for name, found in results["accuracy"].items()
    ]
    return markdown_table(("tokens", *next(iter(results["accuracy"].values()))), rows)


def order_table(results: dict[str, Any]) -> str:
    """A row for each corpus, split, model and metric of `OF_ORDER`.

    `results` is what order.py writes.
    """
    rows = []
    for corpus, found in results.items():
        splits = {split: models for split, models in found.items() if split != "seeds"}
        for split, models in splits.items():
            for model, measured in models.items():
                for key in (key for key in measured if metric_of(key).name in OF_ORDER):
                    decimals = metric_of(key).decimals
                    one, other = (
                        format_number(measured[key][order]["value"], decimals=decimals)
                        for order in ("ordered", "shuffled")
                    )
                    difference = format_measured(measured[key]["difference"], "+", decimals)
                    rows.append([corpus, split, model, key, one, other, difference])
    heads = ("corpus", "split", "model", "metric", "in order", "shuffled", "difference, 95%")
    return markdown_table(heads, rows)


def labelling_table(results: dict[str, Any]) -> str:
    """A row for each corpus; `results` is what labelling.py writes."""
    rows = [
        [
            corpus,
            format_measured(found["flipped_found_percent"], decimals=1),
            found["metric"],
            f"{found['random_labels']:,}",
            format_measured(found["picked_labels"], decimals=0),
        ]
        for corpus, found in results.items()
    ]
    heads = ("corpus", "wrong labels found, %", "metric", "random labels", "picked labels, 95%")
    return markdown_table(heads, rows)


def drift_table(results: dict[str, Any]) -> str:
    """A row for each corpus, size and change; `results` is what drift.py writes."""
    rows = []
    for found in results["runs"]:
        share = found["alarms"] / found["runs"]
        low, high = (float(end) for end in proportion_interval(found["alarms"], found["runs"]))
        shown = f"{100 * share:.1f}% [{100 * low:.1f}, {100 * high:.1f}]"
        rows.append(
            [found["corpus"], f"{found['new']:,}", found["change"], f"{found['runs']:,}", shown]
        )
    return markdown_table(("corpus", "new messages", "change", "runs", "report drift, 95%"), rows)


def estimates_table(results: dict[str, Any]) -> str:
    """A row for each size and kind of chunk: how many are answered, and how many rightly."""
    rows = []
    for found in results["estimates"]:
        chunks, answered = found["chunks"], found["answered"]
        shares = [
            f"{100 * found[name] / answered:.1f}%" if answered else "n/a"
            for name in ("recall", "false_positive_rate")
        ]
        wrong = 2 * answered - found["recall"] - found["false_positive_rate"]
        rows.append(
            [
                found["change"],
                f"{found['new']:,}",
                f"{chunks:,}",
                f"{100 * answered / chunks:.0f}%",
                *shares,
                f"{100 * (1 - wrong / (2 * chunks)):.1f}%",
            ]
        )
    heads = (
        "what changes", "new messages", "chunks", "answered", "recall covered",
        "false-positive rate covered", "not wrong",
    )  # fmt: skip
    return markdown_table(heads, rows)


def proportion_interval(successes: int, number: int) -> tuple[float, float]:
    """Clopper and Pearson's exact 95% interval."""
    found = binomtest(successes, number).proportion_ci(0.95, method="exact")
    return found.low, found.high


def retrain_table(results: dict[str, Any]) -> str:
    """A row for each batch and for all together; `results` is what retrain.py writes."""
    policies = ("never", "gate", "always")
    rows = [
        [
            str(found["batch"]),
            found["until"],
            f"{found['messages']:,} ({found['spam']:,})",
            found["drift"],
            found["verdict"],
            f"version {found['champion']}",
            *_of_policies(found["metrics"], policies),
        ]
        for found in results["batches"]
    ]
    total = sum(found["messages"] for found in results["batches"])
    spam = sum(found["spam"] for found in results["batches"])
    shown = _of_policies(results["all"]["metrics"], policies)
    rows.append(["all", "", f"{total:,} ({spam:,})", "", "", "", *shown])
    heads = ("batch", "until", "messages (spam)", "drift", "gate", "champion", *policies)
    return markdown_table(heads, rows)


def _of_policies(metrics: dict[str, Any], policies: tuple[str, ...]) -> list[str]:
    """Accuracy, recall and false-positive rate of each policy."""
    names = ("accuracy", "recall", "false_positive_rate")
    return [
        " / ".join(format_number(metrics[policy][name]["value"]) for name in names)
        for policy in policies
    ]
