"""Training a sequence classifier on featurized messages, measured after each epoch."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rnnops.core import files, layout
from rnnops.core.numbers import format_number
from rnnops.features.featurizer import Featurizer, LabelledTexts
from rnnops.linear.classifier import LinearClassifier
from rnnops.recurrent.backend import keras
from rnnops.recurrent.batches import Batches
from rnnops.recurrent.export import export_network
from rnnops.recurrent.network import InputShape, build_network, save_network
from rnnops.recurrent.params import Train
from rnnops.recurrent.scoring import LENGTH_MULTIPLE
from rnnops.recurrent.sequence_classifier import SequenceClassifier
from rnnops.training.gradient_flow import gradient_flow, spectral_radius
from rnnops.training.loop import train_network

PROBE = 8  # messages whose gradient is followed back through time after each epoch


@dataclass(frozen=True)
class TrainedClassifier:
    """A network of Keras, the classifier that it became, and how its training went.

    `history` has a row an epoch: what `train_network` returns, and a spectral radius for each
    direction. `gradient_flow` has columns epoch, direction, time and gradient_norm.
    """

    network: keras.Model
    shape: InputShape
    params: Train
    classifier: SequenceClassifier
    history: pd.DataFrame
    gradient_flow: pd.DataFrame

    @property
    def best_epoch(self) -> pd.Series:
        """The row of the history whose weights the classifier has."""
        return self.history.iloc[int(self.history["val_loss"].argmin())]

    def describe(self) -> str:
        """The training in words, such as `8 epochs, the best 7 with validation loss 0.0347`."""
        best = self.best_epoch
        return (
            f"{len(self.history)} epochs, the best {best['epoch']:.0f} with validation loss "
            f"{format_number(best['val_loss'])}, accuracy {format_number(best['val_accuracy'])}"
        )

    def save(self, folder: str | Path) -> None:
        """Write all of it to `folder`, whatever it held."""
        with files.atomic_folder(folder) as new:
            save_network(self.network, self.shape, self.params, new)
            self.classifier.save(new / Path(layout.SEQUENCE_CLASSIFIER).name)
            self.history.to_csv(new / Path(layout.HISTORY).name, index=False)
            flow = new / Path(layout.GRADIENT_FLOW).name
            self.gradient_flow.to_csv(flow, index=False, float_format="%.6g")


def train_classifier(
    featurizer: Featurizer,
    train: LabelledTexts,
    validation: LabelledTexts,
    params: Train,
    linear: LinearClassifier | None,
    on_epoch: Callable[[int, dict[str, float], pd.DataFrame], None],
) -> TrainedClassifier:
    """Train a classifier; its exponents are fitted to the validation messages.

    Args:
        linear: the other half of a hybrid classifier, None for one without.
        on_epoch: called after each epoch with its number, from 1, its metrics and gradient flow.
    """
    keras.utils.set_random_seed(params.seed)
    shape = _input_shape(featurizer, params)
    network = build_network(shape, params, featurizer.word_vectors)
    batches = _batches(train, params, params.seed)
    probe = batches.spread(PROBE)
    flows: list[pd.DataFrame] = []
    radii: list[dict[str, float]] = []
    started = time.perf_counter()

    def measure(epoch: int, metrics: dict[str, float]) -> None:
        nonlocal started
        seconds = time.perf_counter() - started
        radius = spectral_radius(network, params)
        radii.append({f"spectral_radius_{name}": value for name, value in radius.items()})
        flows.append(gradient_flow(network, params, *probe).assign(epoch=epoch))
        cost = {
            "epoch_seconds": seconds,
            "tokens_per_second": batches.tokens / seconds,
            "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        on_epoch(epoch, metrics | radii[-1] | cost, flows[-1])
        started = time.perf_counter()

    history = train_network(network, batches, _batches(validation, params, None), params, measure)
    classifier = SequenceClassifier(export_network(network, params), linear)
    return TrainedClassifier(
        network,
        shape,
        params,
        classifier.fit_exponents(featurizer, *validation),
        pd.concat([history, pd.DataFrame(radii)], axis=1),
        pd.concat(flows),
    )


def _batches(texts: LabelledTexts, params: Train, seed: int | None) -> Batches:
    return Batches(
        texts.features.sequences,
        texts.features.weights,
        texts.labels,
        batch_size=params.batch_size,
        sequence_length=params.sequence_length,
        tail_share=params.tail_share,
        seed=seed,
        length_multiple=LENGTH_MULTIPLE,
    )


def _input_shape(featurizer: Featurizer, params: Train) -> InputShape:
    vectors = featurizer.word_vectors
    return InputShape(
        vocabulary_size=len(featurizer.vocabulary),
        labels=len(featurizer.labels),
        embedding_dimension=params.embedding_dimension if vectors is None else vectors.shape[1],
        weighted=featurizer.word_idf is not None,
    )
