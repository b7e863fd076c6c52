"""Backpropagation through time with early stopping; the best epoch is kept."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from rnnops.core.console import progress
from rnnops.recurrent.backend import keras
from rnnops.recurrent.batches import Batches
from rnnops.recurrent.params import Recurrence


def train_network(
    network: keras.Model,
    train: Batches,
    validation: Batches,
    params: Recurrence,
    on_epoch: Callable[[int, dict[str, float]], None],
) -> pd.DataFrame:
    """Train `network` in place; it ends with the weights of the epoch of lowest validation loss.

    The learning rate falls along a cosine to 0 at the end of the last epoch (Loshchilov and Hutter
    2017). Stops once that loss has not fallen for `early_stopping_patience` epochs.

    Args:
        train, validation: batches with labels.
        on_epoch: called after each epoch with its number, from 1, and its metrics.

    Returns:
        The history, one row an epoch: epoch, loss, accuracy, padding_share (of the steps that were
        computed), val_loss, val_accuracy.
    """
    learning_rate = keras.optimizers.schedules.CosineDecay(
        params.learning_rate, decay_steps=len(train) * params.epochs
    )
    network.compile(
        keras.optimizers.Adam(learning_rate, clipnorm=params.gradient_clip_norm),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    history: list[dict[str, float]] = []
    best_weights, best_epoch, best_loss = network.get_weights(), 0, np.inf
    for epoch in range(1, params.epochs + 1):
        shown = progress(train.epoch(), f"epoch {epoch}/{params.epochs}", len(train))
        trained, steps = _mean_over_messages(network.train_on_batch, shown)
        validated, _ = _mean_over_messages(network.test_on_batch, validation.epoch())
        metrics = (
            trained
            | {"padding_share": 1 - train.tokens / steps}
            | {f"val_{name}": value for name, value in validated.items()}
        )
        history.append({"epoch": epoch, **metrics})
        on_epoch(epoch, metrics)
        if metrics["val_loss"] < best_loss:
            best_weights, best_epoch = network.get_weights(), epoch
            best_loss = metrics["val_loss"]
        elif epoch - best_epoch >= params.early_stopping_patience:
            break
    network.set_weights(best_weights)
    return pd.DataFrame(history)


def _mean_over_messages(
    step: Callable[..., dict[str, Any]], batches: Iterable[tuple[dict[str, np.ndarray], np.ndarray]]
) -> tuple[dict[str, float], int]:
    """Loss and accuracy, and the time steps that were computed, padding and all."""
    totals, messages, steps = np.zeros(2), 0, 0
    for inputs, labels in batches:
        result = step(inputs, labels, return_dict=True)
        totals += np.array([result["loss"], result["accuracy"]], float) * len(labels)
        messages += len(labels)
        rows, length = next(iter(inputs.values())).shape[:2]
        steps += rows * length
    loss, accuracy = totals / messages
    return {"loss": float(loss), "accuracy": float(accuracy)}, steps
