"""Training the network of the next word: truncated backpropagation through time.

The states go from batch to batch; gradients go back `steps` words. Of the epochs the one that finds
the validation documents least surprising is kept.
"""

import time
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from rnnops.core.console import progress
from rnnops.core.errors import InputError
from rnnops.language_model.export import export_network, require_equal, reset_states
from rnnops.language_model.network import build_network
from rnnops.language_model.params import NextWord
from rnnops.language_model.recurrent_model import RecurrentModel
from rnnops.language_model.streams import Streams
from rnnops.recurrent.backend import keras


def train_next_word(
    train: Sequence[np.ndarray],
    validation: Sequence[np.ndarray],
    *,
    size: int,
    end: int,
    params: NextWord,
    on_epoch: Callable[[int, dict[str, float]], None],
) -> tuple[RecurrentModel, pd.DataFrame]:
    """The network of the epoch of lowest validation perplexity, and the history.

    The learning rate falls along a cosine to 0 at the end of the last epoch (Loshchilov and Hutter
    2017). Stops once that perplexity has not fallen for `early_stopping_patience` epochs.

    Args:
        train, validation: documents, the ids of their words, all below `size`.
        end: the id of the end of a sentence, with which each document ends.
        on_epoch: called after each epoch with its number, from 1, and its metrics.

    Returns:
        With the network a row an epoch: epoch, train_loss and val_loss (nats a word), and
        val_perplexity. `on_epoch` gets words_per_second (of training) and epoch_seconds too.

    Raises:
        InputError: where the training documents have fewer words than a batch; where the network
            in NumPy differs from Keras'.
    """
    streams = Streams(train, rows=params.rows, steps=params.steps, end=end, seed=params.seed)
    if not len(streams):
        raise InputError(
            f"the training split's {sum(map(len, train)):,} words are fewer than the "
            f"{params.rows:,} rows of {params.steps:,} steps of a batch: lower train.rows or "
            "train.steps, or add documents"
        )
    network = compiled_network(size, params, len(streams))
    history: list[dict[str, float]] = []
    best, best_epoch, best_loss = export_network(network, params, end), 0, np.inf
    for epoch in range(1, params.epochs + 1):
        started = time.perf_counter()
        shown = progress(streams.epoch(), f"epoch {epoch}/{params.epochs}", len(streams))
        losses = _train_epoch(network, params, shown)
        trained = time.perf_counter()
        model = export_network(network, params, end)
        val_loss = float(np.concatenate(model.surprises(validation)).mean())
        metrics = {
            "train_loss": float(np.mean(losses)),
            "val_loss": val_loss,
            "val_perplexity": float(np.exp(val_loss)),
        }
        cost = {
            "words_per_second": len(losses) * params.rows * params.steps / (trained - started),
            "epoch_seconds": time.perf_counter() - started,
        }
        history.append({"epoch": epoch, **metrics})
        on_epoch(epoch, metrics | cost)
        if val_loss < best_loss:
            best, best_epoch, best_loss = model, epoch, val_loss
        elif epoch - best_epoch >= params.early_stopping_patience:
            break
    require_equal(network, model, validation, params)
    return best, pd.DataFrame(history)


def compiled_network(size: int, params: NextWord, batches: int) -> keras.Model:
    """An untrained network over `size` words, ready for epochs of so many batches."""
    keras.utils.set_random_seed(params.seed)
    network = build_network(size, params)
    learning_rate = keras.optimizers.schedules.CosineDecay(
        params.learning_rate, decay_steps=batches * params.epochs
    )
    network.compile(
        keras.optimizers.Adam(learning_rate, global_clipnorm=params.gradient_clip_norm),
        loss=lambda _, surprises: keras.ops.mean(surprises),
    )
    return network


def _train_epoch(
    network: keras.Model, params: NextWord, batches: Iterable[tuple[np.ndarray, np.ndarray]]
) -> list[float]:
    """The loss of each batch, from states of 0."""
    reset_states(network, params)
    nothing = np.zeros((params.rows, params.steps), np.float32)  # the loss is the output
    return [float(network.train_on_batch([*batch], nothing)) for batch in batches]
