"""Five seeds, each a leak-free split of its own, on each corpus against the project's own bars.

`python benchmarks/quality.py [CORPUS…]` runs one DVC experiment a seed, puts the workspace back,
prints tables and writes results/quality.json and .md. `--no-run` only makes the tables.
"""

import argparse
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from rnnops.core import files
from rnnops.core.numbers import format_number
from rnnops.metrics.measured import format_measured
from rnnops.metrics.metrics import METRICS, metric_of
from rnnops.report.perturbations import PERTURBATIONS
from rnnops.seeds.runs import SEEDS as SEED_KEYS
from rnnops.seeds.runs import summarise
from rnnops.templating.environment import markdown_table
from rnnops.tracking.machine_tags import machine_tags

SEEDS = 5
# By corpus, metrics with what they must reach; the first is the one the network must not lose on.
BARS: dict[str, dict[str, float | None]] = {
    "spam-email": {
        "one_minus_auc_percent": 0.045,
        "recall_at_0_5_percent_fpr": 0.970,
        "accuracy": 0.988,
    },
    "sentiment-imdb": {"accuracy": 0.912},
    "spam-sms": {"accuracy": 0.988, "mcc": 0.94},
    "sentiment-tweets": {"f1": None},
}
RESULTS = Path(__file__).parent / "results" / "quality.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", nargs="*", metavar="CORPUS", default=list(BARS))
    parser.add_argument(
        "--no-run", action="store_true", help="only make the tables of what has run"
    )
    arguments = parser.parse_args()
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    if not arguments.no_run:
        if not is_clean():
            raise SystemExit(
                "error: the workspace has changes: commit them, it is used and put back"
            )
        try:
            for corpus in arguments.corpora:
                results[corpus] = run_seeds(corpus)
        finally:
            subprocess.run(["git", "checkout", "--quiet", "."], check=True)
            # not everything that HEAD's dvc.lock names need be in the cache: no reason to fail now
            subprocess.run(["dvc", "checkout", "--quiet"], check=False)
    for corpus in arguments.corpora:
        runs, summary, _ = summarise(corpus)
        results[corpus] = {
            **results.get(corpus, {}),
            "seeds": sorted(runs),
            "test": summary["test"],
        }
        files.write_json({name: results[name] for name in BARS if name in results}, RESULTS)
    tables = f"{bars_table(results)}\n\n{robustness_table(results)}\n\n{errors_table(results)}\n"
    files.write_text(tables, RESULTS.with_suffix(".md"))
    print(tables)


def run_seeds(corpus: str) -> dict[str, Any]:
    """One experiment a seed, each with its own split, word vectors and training.

    Returns:
        What the first took, its reports/robustness.json, and the processor.
    """
    chosen = ["-S", f"data.dataset={corpus}"]
    cost = measured(["dvc", "exp", "run", "--force", *chosen, *seed_options(0)])
    robustness = files.read_json("reports/robustness.json")
    for seed in range(1, SEEDS):
        dvc("exp", "run", "--queue", *seed_options(seed))
    dvc("exp", "run", "--run-all", "--jobs", "2")
    return {"end_to_end": cost, "robustness": robustness, "machine": machine_tags()}


def seed_options(seed: int) -> list[str]:
    """What gives an experiment the seed."""
    return [word for name in SEED_KEYS for word in ("-S", f"{name}={seed}")]


def measured(command: list[str]) -> dict[str, float]:
    """Run the command; its seconds, and the peak memory of the largest process it started.

    The system counts what this process held when it started the command, too.
    """
    started = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"error: {' '.join(command)} failed, see above")
    return {
        "seconds": round(time.perf_counter() - started),
        "peak_memory_gib": round(usage.ru_maxrss / 2**20, 2),
    }


def dvc(*arguments: str) -> None:
    subprocess.run(["dvc", *arguments], check=True)


def is_clean() -> bool:
    """Whether git knows every change, so that the workspace can be put back."""
    done = subprocess.run(["git", "status", "--porcelain"], capture_output=True, check=True)
    return not done.stdout


def bars_table(results: dict[str, Any]) -> str:
    """A row for each corpus and metric."""
    rows = []
    for corpus, bars in BARS.items():
        for place, (name, bar) in enumerate(bars.items() if corpus in results else ()):
            metric = key_of(name, results[corpus])
            found = results[corpus]["test"][metric]
            sign = -1 if metric_of(metric).lower_is_better else 1
            outcome = []
            if bar is not None:
                outcome.append("reached" if sign * (found["mean"] - bar) >= 0 else "NOT reached")
            if place == 0:
                outcome.append(network_stands(metric, found["difference"]))
            rows.append(
                [
                    corpus,
                    metric,
                    *over_seeds(found),
                    "" if bar is None else bar,
                    ", ".join(outcome),
                ]
            )
    heads = ("corpus", "metric", "network", "baseline", "network - baseline, 95%", "bar", "outcome")
    return markdown_table(heads, rows)


def over_seeds(found: dict[str, Any]) -> list[str]:
    """A metric of the network and the baseline, and the difference, in three cells."""
    mean, deviation = format_number(found["mean"]), format_number(found["standard_deviation"])
    difference = format_measured(found["difference"], "+")
    return [f"{mean} ± {deviation}", format_number(found["baseline"]), difference]


def robustness_table(results: dict[str, Any]) -> str:
    """A row for each corpus and model: by how much perturbations make the first bar's metric
    worse, the share of pairs in which "not" moved the probabilities as expected, what a run costs.
    """
    rows = []
    for corpus in results:
        robustness = results[corpus]["robustness"]
        metric = key_of(next(iter(BARS[corpus])), results[corpus])
        cost = results[corpus]["end_to_end"]
        for model in robustness[next(iter(PERTURBATIONS))]:
            changes = (robustness[name][model][metric]["change"] for name in PERTURBATIONS)
            cells = [worse_by(metric, change) for change in changes]
            moved = (
                f"{robustness['negation'][model]['moved']:.2f}" if "negation" in robustness else ""
            )
            minutes, memory = f"{cost['seconds'] / 60:.1f}", f"{cost['peak_memory_gib']:.1f}"
            rows.append([corpus, model, metric, *cells, moved, minutes, memory])
    heads = ("corpus", "model", "metric", *PERTURBATIONS, "negation", "minutes", "GiB")
    return markdown_table(heads, rows)


def errors_table(results: dict[str, Any]) -> str:
    """A row for each corpus with a positive label, metric at the deployed threshold and model: as
    the messages are, and how perturbations change it.
    """
    rows = []
    for corpus in results:
        robustness = results[corpus]["robustness"]
        first = robustness[next(iter(PERTURBATIONS))]
        for metric in ("false_positive_rate", "recall"):
            for model in (model for model in first if metric in first[model]):
                before = format_number(first[model][metric]["before"])
                changes = (robustness[name][model][metric]["change"] for name in PERTURBATIONS)
                cells = [format_measured(change, "+") for change in changes]
                rows.append([corpus, metric, model, before, *cells])
    return markdown_table(("corpus", "metric", "model", "as they are", *PERTURBATIONS), rows)


def worse_by(metric: str, change: dict[str, float]) -> str:
    """By how much a metric is worse after a perturbation, with the interval."""
    if not metric_of(metric).lower_is_better:
        change = {"value": -change["value"], "low": -change["high"], "high": -change["low"]}
    return format_measured(change, "+")


def key_of(metric: str, results: dict[str, Any]) -> str:
    """The key of a metric in a corpus' results, which depends on whether a label is positive."""
    return next(key for key in METRICS[metric].keys if key in results["test"])


def network_stands(metric: str, difference: dict[str, float]) -> str:
    """`ahead`, `level` or `behind`: what the interval of network - baseline says of a metric."""
    sign = -1 if metric_of(metric).lower_is_better else 1
    low, high = sorted(sign * difference[end] for end in ("low", "high"))
    if low > 0:
        return "ahead"
    return "behind" if high < 0 else "level"


if __name__ == "__main__":
    main()
