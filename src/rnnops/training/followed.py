"""A training that is followed: what each epoch costs, and how far back the gradient reaches."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from rnnops.core import layout
from rnnops.core.numbers import format_number
from rnnops.recurrent.backend import keras
from rnnops.recurrent.batches import Batches
from rnnops.recurrent.params import Recurrence
from rnnops.training.gradient_flow import Steps, gradient_flow, spectral_radius
from rnnops.training.loop import train_network

PROBE = 8  # sequences whose gradient is followed back through time after each epoch

OnEpoch = Callable[[int, dict[str, float], pd.DataFrame], None]


@dataclass(frozen=True)
class FollowedTraining:
    """How a training went.

    `history` has a row an epoch: what `train_network` returns, and a spectral radius for each
    direction. `gradient_flow` has columns epoch, direction, time and gradient_norm.
    """

    history: pd.DataFrame
    gradient_flow: pd.DataFrame

    @property
    def best_epoch(self) -> pd.Series:
        """The row of the history whose weights the network has."""
        return self.history.iloc[int(self.history["val_loss"].argmin())]

    def describe(self) -> str:
        """The training in words, such as `8 epochs, the best 7 with validation loss 0.0347`."""
        best = self.best_epoch
        return (
            f"{len(self.history)} epochs, the best {best['epoch']:.0f} with validation loss "
            f"{format_number(best['val_loss'])}, accuracy {format_number(best['val_accuracy'])}"
        )

    def save(self, folder: Path) -> None:
        """Write both tables into `folder`."""
        self.history.to_csv(folder / Path(layout.HISTORY).name, index=False)
        flow = folder / Path(layout.GRADIENT_FLOW).name
        self.gradient_flow.to_csv(flow, index=False, float_format="%.6g")


def train_and_follow(
    network: keras.Model,
    train: Batches,
    validation: Batches,
    params: Recurrence,
    read: Callable[[dict[str, np.ndarray]], Steps],
    on_epoch: OnEpoch,
) -> FollowedTraining:
    """Train `network` in place, see `train_network`.

    Args:
        read: what the recurrent layers read of a batch's inputs, with the present weights.
        on_epoch: called after each epoch with its number, from 1, its metrics and gradient flow.
    """
    inputs, labels = train.spread(PROBE)
    flows: list[pd.DataFrame] = []
    radii: list[dict[str, float]] = []
    started = time.perf_counter()

    def measure(epoch: int, metrics: dict[str, float]) -> None:
        nonlocal started
        seconds = time.perf_counter() - started
        radius = spectral_radius(network, params)
        radii.append({f"spectral_radius_{name}": value for name, value in radius.items()})
        flows.append(gradient_flow(network, params, read(inputs), labels).assign(epoch=epoch))
        cost = {
            "epoch_seconds": seconds,
            "tokens_per_second": train.tokens / seconds,
            "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        on_epoch(epoch, metrics | radii[-1] | cost, flows[-1])
        started = time.perf_counter()

    history = train_network(network, train, validation, params, measure)
    return FollowedTraining(pd.concat([history, pd.DataFrame(radii)], axis=1), pd.concat(flows))
