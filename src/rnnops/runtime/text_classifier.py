"""The published model: raw text in, label and probabilities out.

It needs NumPy and SciPy's sparse matrices; neither Keras, nor TensorFlow, scikit-learn or MLflow.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from rnnops.core import files, layout
from rnnops.core.errors import InputError
from rnnops.features.featurizer import FeaturizedTexts, Featurizer
from rnnops.metrics.decision import decide
from rnnops.recurrent.sequence_classifier import SequenceClassifier
from rnnops.runtime.predictions import Predictions

if TYPE_CHECKING:
    import pandas as pd

# How a saved classifier's files become probabilities. Whatever changes that, in the files or in the
# code that reads text, needs the next number (tests/runtime/test_format.py).
FORMAT = 1
DESCRIPTION, FEATURIZER, NETWORK = "classifier.json", "featurizer", "network"


@dataclass(frozen=True)
class TextClassifier:
    """Without a `positive` label and its `threshold` the most probable label is taken."""

    featurizer: Featurizer
    network: SequenceClassifier
    positive: str | None
    threshold: float | None

    @property
    def labels(self) -> list[str]:
        """The names of the labels, sorted."""
        return self.featurizer.labels

    def predict(self, texts: Iterable[str]) -> "pd.DataFrame":
        """Columns `label`, `probability` (of that label) and `p_<label>` for each label."""
        return self.score(texts).to_frame()

    def score(self, texts: Iterable[str]) -> Predictions:
        """The same without pandas."""
        return self.score_features(self.featurizer.transform(texts))

    def score_features(self, features: FeaturizedTexts) -> Predictions:
        """The same of texts whose features, by this `featurizer`, are known already."""
        probabilities = self.network.probabilities(self.featurizer, features)
        decided = decide(probabilities, self.labels, self.positive, self.threshold)
        return Predictions(self.labels, decided, probabilities)

    def save(self, folder: str | Path) -> None:
        """Write the classifier as JSON and NumPy files; replaces `folder`."""
        linear = self.network.linear
        reads_vectors = linear is not None and linear.representation == "mean_vectors"
        featurizer = self.featurizer
        if not reads_vectors:  # the network has its own, trained further
            featurizer = replace(featurizer, word_vectors=None)
        described = {"format": FORMAT, "positive": self.positive, "threshold": self.threshold}
        with files.atomic_folder(folder) as new:
            files.write_json(described, new / DESCRIPTION)
            featurizer.save(new / FEATURIZER)
            self.network.save(new / NETWORK)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The classifier that `save` wrote to `folder`.

        Raises:
            InputError: when there is none, or one of another format.
        """
        folder = Path(folder)
        described = _read_description(folder)
        if described["format"] != FORMAT:
            raise InputError(_describe_mismatch(folder, described["format"]))
        return cls(
            Featurizer.load(folder / FEATURIZER),
            SequenceClassifier.load(folder / NETWORK),
            described["positive"],
            described["threshold"],
        )


def is_readable(folder: Path) -> bool:
    """Whether `TextClassifier.load` can load what is in `folder`."""
    return (folder / DESCRIPTION).exists() and _read_description(folder)["format"] == FORMAT


def read_decision_rule(folder: str | Path) -> dict[str, Any]:
    """The `labels` of the classifier in `folder`, its `positive` one and `threshold`."""
    rule = _read_description(Path(folder))
    labels = files.read_json(Path(folder) / FEATURIZER / Path(layout.FEATURIZER_DESCRIPTION).name)
    return {
        "labels": labels["labels"],
        "positive": rule["positive"],
        "threshold": rule["threshold"],
    }


def _read_description(folder: Path) -> dict[str, Any]:
    """The keys `format`, `positive` and `threshold` of the classifier in `folder`.

    Raises:
        InputError: when there is none.
    """
    if not (folder / DESCRIPTION).exists():
        raise InputError(f"{folder} holds no classifier: {DESCRIPTION} is missing")
    return files.read_json(folder / DESCRIPTION)


def _describe_mismatch(folder: Path, found: int) -> str:
    return (
        f"the classifier in {folder} has format {found}, but this version of rnnops reads {FORMAT}:"
        " use the rnnops that published it, or run `dvc repro` to publish it anew"
    )
