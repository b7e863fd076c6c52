"""Training the network of numbers, and the proof that what was exported is what was trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rnnops.core import files, layout
from rnnops.core.errors import InputError
from rnnops.recurrent.backend import keras
from rnnops.recurrent.classifying_layers import export_layers, export_softmax
from rnnops.recurrent.inference import TOLERANCE
from rnnops.sequences.inference import NumberNetwork
from rnnops.sequences.network import (
    NetworkShape,
    build_network,
    make_batches,
    read_steps,
    save_network,
    score_by_keras,
)
from rnnops.sequences.params import SequenceTraining
from rnnops.training.followed import FollowedTraining, OnEpoch, train_and_follow


class LabelledValues(NamedTuple):
    """Scaled sequences, arrays of shape (steps, channels), and labels, indices of shape (n,)."""

    values: Sequence[np.ndarray]
    labels: np.ndarray


@dataclass(frozen=True)
class TrainedNetwork:
    """A network of Keras, the same in NumPy, and how its training went."""

    network: keras.Model
    shape: NetworkShape
    params: SequenceTraining
    exported: NumberNetwork
    training: FollowedTraining

    def save(self, folder: str | Path) -> None:
        """Write all of it to `folder`, whatever it held."""
        with files.atomic_folder(folder) as new:
            save_network(self.network, self.shape, self.params, new)
            model = new / Path(layout.NETWORK_MODEL).name
            model.mkdir()
            self.exported.save(model)
            self.training.save(new)


def train(
    shape: NetworkShape,
    training: LabelledValues,
    validation: LabelledValues,
    params: SequenceTraining,
    on_epoch: OnEpoch,
) -> TrainedNetwork:
    """Train a network; `on_epoch` as for `train_and_follow`."""
    keras.utils.set_random_seed(params.seed)
    network = build_network(shape, params)
    followed = train_and_follow(
        network,
        make_batches(*training, params, batch_size=params.batch_size, seed=params.seed),
        make_batches(*validation, params, batch_size=params.batch_size),
        params,
        read_steps,
        on_epoch,
    )
    exported = NumberNetwork(
        export_layers(network, params),
        *export_softmax(network),
        readout=params.readout,
        sequence_length=params.sequence_length,
        tail_share=params.tail_share,
    )
    return TrainedNetwork(network, shape, params, exported, followed)


def require_equal(
    folder: Path, exported: NumberNetwork, values: Sequence[np.ndarray], names: Sequence[str]
) -> None:
    """Compare what was exported with the network of Keras in `folder` on scaled sequences.

    Raises:
        InputError: if a probability differs by more than 1e-5, naming the sequence.
    """
    differences = np.abs(score_by_keras(folder, values) - exported.probabilities(values))
    worst = int(differences.max(axis=1).argmax())
    if not differences[worst].max() <= TOLERANCE:
        raise InputError(
            f"sequence {names[worst]}: the exported network's probability differs from Keras' by "
            f"{differences[worst].max():.2g}, more than {TOLERANCE:g}: nothing is published. "
            "Please report it with params.yaml"
        )
