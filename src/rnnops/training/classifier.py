"""Training a sequence classifier on featurized messages."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnnops.core import files, layout
from rnnops.features.featurizer import Featurizer, LabelledTexts
from rnnops.features.vocabulary import PADDING_ID
from rnnops.linear.classifier import LinearClassifier
from rnnops.recurrent.backend import keras
from rnnops.recurrent.batches import Batches
from rnnops.recurrent.export import export_network
from rnnops.recurrent.network import InputShape, build_network, save_network
from rnnops.recurrent.params import Train
from rnnops.recurrent.scoring import LENGTH_MULTIPLE
from rnnops.recurrent.sequence_classifier import SequenceClassifier
from rnnops.training.followed import FollowedTraining, OnEpoch, train_and_follow
from rnnops.training.gradient_flow import Steps


@dataclass(frozen=True)
class TrainedClassifier:
    """A network of Keras, the classifier that it became, and how its training went."""

    network: keras.Model
    shape: InputShape
    params: Train
    classifier: SequenceClassifier
    training: FollowedTraining

    def save(self, folder: str | Path) -> None:
        """Write all of it to `folder`, whatever it held."""
        with files.atomic_folder(folder) as new:
            save_network(self.network, self.shape, self.params, new)
            self.classifier.save(new / Path(layout.SEQUENCE_CLASSIFIER).name)
            self.training.save(new)


def train_classifier(
    featurizer: Featurizer,
    train: LabelledTexts,
    validation: LabelledTexts,
    params: Train,
    linear: LinearClassifier | None,
    on_epoch: OnEpoch,
) -> TrainedClassifier:
    """Train a classifier; its exponents are fitted to the validation messages.

    Args:
        linear: the other half of a hybrid classifier, None for one without.
        on_epoch: as for `train_and_follow`.
    """
    keras.utils.set_random_seed(params.seed)
    shape = _input_shape(featurizer, params)
    network = build_network(shape, params, featurizer.word_vectors)
    training = train_and_follow(
        network,
        _batches(train, params, params.seed),
        _batches(validation, params, None),
        params,
        lambda inputs: embed(network, inputs),
        on_epoch,
    )
    classifier = SequenceClassifier(export_network(network, params), linear)
    return TrainedClassifier(
        network, shape, params, classifier.fit_exponents(featurizer, *validation), training
    )


def embed(network: keras.Model, inputs: dict[str, np.ndarray]) -> Steps:
    """The word vectors that the layers of `network` read of a batch.

    Args:
        inputs: `tokens`, (B, T), and with weighted features `weights`, (B, T).
    """
    tokens = inputs["tokens"]
    (embedding,) = network.get_layer("embedding").get_weights()
    vectors = embedding[tokens]
    if "weights" in inputs:
        vectors = vectors * inputs["weights"][:, :, None]
    return Steps(vectors, tokens != PADDING_ID)


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
