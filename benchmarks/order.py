"""What the order of words is worth: the same network, trained on messages in order and shuffled.

`python benchmarks/order.py [CORPUS…]` works in a copy of HEAD. Once every split is as it is, once
the words of each message, test messages included, are in one random order; the stages featurize and
baseline run on either, and networks with the same seeds are trained. The difference is paired: the
same messages, the same resamples of their clusters. Prints a table and writes results/order.json
and .md.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from choices import copy_of_head, dvc
from quality_tables import order_table

from rnnops.catalog.params import chosen_dataset
from rnnops.core import files, layout
from rnnops.core.params import load_params
from rnnops.core.sections import Parameters
from rnnops.features.featurizer import Featurizer, LabelledTexts
from rnnops.linear.classifier import load_best
from rnnops.metrics.evaluation import NETWORK, RECURRENT, Evaluation, evaluate_splits
from rnnops.metrics.measured import Measured
from rnnops.metrics.params import EvaluateTexts
from rnnops.recurrent.device import prepare_backend
from rnnops.recurrent.params import Train
from rnnops.report.classifiers import Classifiers, predict_splits
from rnnops.report.perturbations import shuffle_words
from rnnops.report.results import SPLITS
from rnnops.training.classifier import train_classifier

SEEDS = 3
RESULTS = Path(__file__).parent / "results" / "order.json"

Evaluations = dict[str, Evaluation]  # by split


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", nargs="*", metavar="CORPUS", default=["spam-email"])
    parser.add_argument("--seeds", type=int, default=SEEDS, help="networks trained on either")
    arguments = parser.parse_args()
    results = files.read_json(RESULTS) if RESULTS.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        copy = copy_of_head(Path(folder) / "copy")
        for corpus in arguments.corpora:
            results[corpus] = measure_order(copy, corpus, arguments.seeds)
            files.write_json(results, RESULTS)
            files.write_text(order_table(results) + "\n", RESULTS.with_suffix(".md"))
    print(order_table(results))


def measure_order(copy: Path, corpus: str, seeds: int) -> dict[str, Any]:
    """By split, model and metric `{"ordered", "shuffled", "difference"}`, means over the seeds.

    The difference is ordered less shuffled, with its interval; `seeds` stands beside the splits.
    """
    subprocess.run(["git", "checkout", "--quiet", "params.yaml"], cwd=copy, check=True)
    dvc(copy, "exp", "run", "--quiet", "--set-param", f"data.dataset={corpus}", "split")
    params = load_params(copy / layout.PARAMS)
    prepare_backend(params[Train])
    ordered = train_networks(copy, params, seeds)
    shuffle_splits(copy, params[EvaluateTexts].seed)
    shuffled = train_networks(copy, params, seeds)
    measured = {split: compare(ordered, shuffled, split) for split in SPLITS}
    return {"seeds": seeds, **measured}


def shuffle_splits(copy: Path, seed: int) -> None:
    """Put the words of every message in `copy` in a random order."""
    random = np.random.default_rng(seed)
    for name in layout.SPLIT_NAMES:
        path = copy / layout.split_file(name)
        messages = files.read_parquet(path)
        texts = [shuffle_words(text, random) for text in messages["text"]]
        files.write_parquet(messages.assign(text=texts), path)


def train_networks(copy: Path, params: Parameters, seeds: int) -> list[Evaluations]:
    """The evaluations of networks that are trained on the splits in `copy`, one a seed."""
    for stage in ("featurize", "baseline"):
        command = [sys.executable, f"pipeline/{stage}.py"]
        subprocess.run(command, cwd=copy, env={**os.environ, "PYTHONPATH": "src"}, check=True)
    featurizer = Featurizer.load(copy / layout.FEATURIZER)
    texts = {
        split: LabelledTexts.read(copy / layout.features_file(split), featurizer)
        for split in (layout.TRAIN, layout.VALIDATION)
    }
    rows = {split: files.read_parquet(copy / layout.features_file(split)) for split in SPLITS}
    linear = load_best(copy / layout.BASELINE) if featurizer.method == "hybrid" else None
    found = []
    for seed in range(seeds):
        settings = params[Train].model_copy(update={"seed": seed})
        trained = train_classifier(featurizer, *texts.values(), settings, linear, lambda *_: None)
        print(f"seed {seed}: {trained.training.describe()}", flush=True)
        classifiers = Classifiers(featurizer, trained.classifier, {})
        predictions = predict_splits(classifiers, rows)
        decision = chosen_dataset(params).positive, params[EvaluateTexts]
        models = [name for name in classifiers.names if name in (NETWORK, RECURRENT)]
        found.append(evaluate_splits(predictions, models, featurizer.labels, *decision))
    return found


def compare(
    ordered: list[Evaluations], shuffled: list[Evaluations], split: str
) -> dict[str, dict[str, dict[str, Any]]]:
    """One split's part of `measure_order`."""
    first = ordered[0][split].metrics
    report: dict[str, dict[str, dict[str, Any]]] = {model: {} for model in first}
    for model, metrics in first.items():
        for key in metrics:
            one, other = (
                Measured.mean([each[split].metrics[model][key] for each in evaluations])
                for evaluations in (ordered, shuffled)
            )
            report[model][key] = {
                "ordered": one.to_json(),
                "shuffled": other.to_json(),
                "difference": (one - other).to_json(),
            }
    return report


if __name__ == "__main__":
    main()
