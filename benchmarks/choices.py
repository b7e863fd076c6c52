"""The settings that were tried, corpus by corpus, measured on the validation split alone.

`python benchmarks/choices.py [CORPUS…]` trains each with several seeds in a copy of HEAD, which
never gets to the test split, prints a table and writes results/choices.json and .md. What DVC has
in its cache is not trained again.
"""

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from quality_tables import choices_table
from sklearn import metrics

from rnnops.core import files, layout
from rnnops.features.featurizer import FeaturizedTexts, Featurizer
from rnnops.recurrent.sequence_classifier import SequenceClassifier
from rnnops.recurrent.stacking import cross_fit

# By corpus, the seeds and what differs from params.yaml, whose own settings come first.
CHOICES: dict[str, tuple[int, list[dict[str, Any]]]] = {
    "spam-email": (
        3,
        [
            {},
            {"train.tail_share": 0.0},
            {"train.sequence_length": 800},
            {"train.dropout": 0.3},
            {"train.units": 50},
            {"train.bidirectional": False},
            {"features.terms.character_ngrams": 0},
        ],
    ),
    "spam-sms": (
        3,
        [
            {},
            {"train.dropout": 0.3},
            {"train.epochs": 5},
            {"train.units": 50},
            {"train.bidirectional": False},
        ],
    ),
    "sentiment-tweets": (
        2,
        [
            {},
            {"train.dropout": 0.3},
            {"train.epochs": 4},
            {"train.units": 50},
            {"train.bidirectional": False},
        ],
    ),
    "sentiment-imdb": (1, [{}, {"train.dropout": 0.3}, {"train.tail_share": 0.0}]),
}
ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results" / "choices.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", nargs="*", metavar="CORPUS", default=list(CHOICES))
    corpora = parser.parse_args().corpora
    results = files.read_json(RESULTS) if RESULTS.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        copy = copy_of_head(Path(folder) / "copy")
        for corpus in corpora:
            seeds, settings = CHOICES[corpus]
            results[corpus] = []
            for changed in settings:
                measured = [tried(copy, corpus, changed, seed) for seed in range(seeds)]
                results[corpus].append({"changed": changed, "seeds": measured})
                ordered = {name: results[name] for name in CHOICES if name in results}
                files.write_json(ordered, RESULTS)
                files.write_text(choices_table(ordered) + "\n", RESULTS.with_suffix(".md"))
    print(choices_table(ordered))


def copy_of_head(copy: Path) -> Path:
    """A clone with its own workspace and MLflow store; DVC's cache and the downloads are shared.

    Its data/incoming has what this checkout's has.
    """
    subprocess.run(["git", "clone", "--quiet", ROOT, copy], check=True)
    dvc(copy, "cache", "dir", "--local", ROOT / ".dvc" / "cache")
    shutil.copytree(ROOT / layout.INCOMING, copy / layout.INCOMING, dirs_exist_ok=True)
    downloads = ROOT / layout.DOWNLOADS
    if downloads.exists():
        (copy / layout.DOWNLOADS).symlink_to(downloads)
    return copy


def dvc(folder: Path, *arguments: str | Path) -> None:
    subprocess.run(["dvc", *arguments], cwd=folder, check=True)


def tried(copy: Path, corpus: str, changed: dict[str, Any], seed: int) -> dict[str, float]:
    """Train with these settings and this seed; what the validation split says, see `measure`."""
    subprocess.run(["git", "checkout", "--quiet", "params.yaml"], cwd=copy, check=True)
    every = {"data.dataset": corpus, "train.seed": seed, **changed}
    settings = [word for name, value in every.items() for word in ("-S", f"{name}={value}")]
    dvc(copy, "exp", "run", "--quiet", *settings, "train")
    return measure(copy)


def measure(copy: Path) -> dict[str, float]:
    """Log loss of the recurrent half, of the linear half, and of both as one, on validation.

    `combined` is cross-fitted, see `cross_fit`. `one_minus_auc`, in percent, is of the same
    probabilities, and there for two labels.
    """
    featurizer = Featurizer.load(copy / "models/featurizer")
    classifier = SequenceClassifier.load(copy / "models/rnn")
    frame = files.read_parquet(copy / "data/features/validation.parquet")
    features = FeaturizedTexts.from_frame(frame, len(featurizer.terms))
    labels = np.searchsorted(featurizer.labels, frame["label"])
    recurrent, linear = classifier.halves(featurizer, features)
    combined = cross_fit([recurrent, linear], labels, frame["cluster"].to_numpy())
    measured = {
        name: metrics.log_loss(labels, probabilities)
        for name, probabilities in (
            ("recurrent", recurrent),
            ("linear", linear),
            ("combined", combined),
        )
    }
    if len(featurizer.labels) == 2:
        measured["one_minus_auc"] = 100 * (1 - metrics.roc_auc_score(labels, combined[:, 1]))
    return {name: float(value) for name, value in measured.items()}


if __name__ == "__main__":
    main()
