"""Keras contenders on messages: the default network, ours and with Keras' own layers."""

import queue
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from clock import percentile_of_seconds
from corpus import VOCABULARY, Corpus, batches, random_messages, read_corpus, read_params
from keras_models import set_threads

from rnnops.recurrent.backend import keras
from rnnops.recurrent.batches import Batches
from rnnops.recurrent.network import InputShape, build_network
from rnnops.recurrent.params import Train
from rnnops.recurrent.readout import Readout
from rnnops.recurrent.scoring import score
from rnnops.training.loop import train_network

LENGTH_MULTIPLE_FOR_JIT = 32
FOREVER = 1_000_000  # epochs


def our_epoch(messages: int | None, *, batching: str) -> Callable[[], float]:
    """A measurement of seconds an epoch of `train_network`; `batching`: see `corpus.batches`."""
    set_threads("rnnops")
    keras.utils.set_random_seed(0)
    corpus, params = read_corpus(messages), read_params()
    network = build_network(_shape(*corpus.word_vectors.shape), params, corpus.word_vectors)
    epoch = EpochByEpoch(network, corpus, params, batching)
    epoch()
    return epoch


class EpochByEpoch:
    """`train_network` in a thread, where it waits after each epoch until it is asked for more.

    The validation split is two messages. A call returns the seconds of one more epoch.
    """

    def __init__(self, network: keras.Model, corpus: Corpus, params: Train, batching: str) -> None:
        sizes = {"batch_size": params.batch_size, "sequence_length": params.sequence_length}
        self.trained = (
            network,
            batches(corpus, params, batching),
            Batches(corpus.sequences[:2], None, corpus.labels[:2], **sizes),
            params.model_copy(update={"epochs": FOREVER, "early_stopping_patience": FOREVER}),
        )
        self.asked: queue.Queue[None] = queue.Queue()
        self.answers: queue.Queue[float | Exception] = queue.Queue()
        threading.Thread(target=self._train, daemon=True).start()

    def __call__(self) -> float:
        self.asked.put(None)
        answer = self.answers.get()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _train(self) -> None:
        try:
            self._wait()
            train_network(*self.trained, self._on_epoch)
        except Exception as error:  # handed to who asked
            self.answers.put(error)

    def _on_epoch(self, *_: Any) -> None:
        self.answers.put(time.perf_counter() - self.started)
        self._wait()

    def _wait(self) -> None:
        self.asked.get()
        self.started = time.perf_counter()


def stock_epoch(
    messages: int | None, *, batching: str, jit: bool, threads: str = "default"
) -> Callable[[], float]:
    """A measurement of seconds an epoch of `train_on_batch` on the same batches each time.

    Args:
        batching: see `corpus.batches`. With `jit` the lengths are multiples of 32: each compiles.
        jit: `jit_compile` of `Model.compile`.
        threads: see `set_threads`.
    """
    set_threads(threads)
    keras.utils.set_random_seed(0)
    corpus, params = read_corpus(messages), read_params()
    length = params.sequence_length if batching == "padded" else None
    network = _stock_network(_shape(*corpus.word_vectors.shape), params, length)
    network.get_layer("embedding").set_weights([corpus.word_vectors])
    network.compile(
        keras.optimizers.Adam(params.learning_rate, clipnorm=params.gradient_clip_norm),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=jit,
    )
    multiple = LENGTH_MULTIPLE_FOR_JIT if jit else 1
    prepared = [
        (inputs["tokens"], labels)
        for inputs, labels in batches(corpus, params, batching, multiple).epoch()
    ]

    def epoch() -> float:
        started = time.perf_counter()
        for tokens, labels in prepared:
            network.train_on_batch(tokens, labels)
        return time.perf_counter() - started

    epoch()
    return epoch


def our_latency(messages: int, percentile: int) -> Callable[[], float]:
    """A measurement of seconds from a message's tokens to its probabilities, by `score`."""
    set_threads("rnnops")
    params = read_params()
    network = build_network(_shape(VOCABULARY, params.embedding_dimension), params)
    return percentile_of_seconds(
        random_messages(messages, params),
        percentile,
        lambda tokens: score(network, [tokens], None, params.sequence_length),
    )


def stock_latency(
    messages: int, percentile: int, *, jit: bool, padded: bool, threads: str = "default"
) -> Callable[[], float]:
    """The same by `predict_on_batch`, of the message as it is or `padded` to the cap."""
    set_threads(threads)
    params = read_params()
    network = _stock_network(
        _shape(VOCABULARY, params.embedding_dimension),
        params,
        params.sequence_length if padded else None,
    )
    network.compile(jit_compile=jit)

    def predict(tokens: np.ndarray) -> Any:
        tokens = _padded(tokens, params) if padded else tokens
        return network.predict_on_batch(tokens[None])

    return percentile_of_seconds(random_messages(messages, params), percentile, predict)


def _padded(sequence: np.ndarray, params: Train) -> np.ndarray:
    cut = sequence[: params.sequence_length].astype(np.int32)
    return np.pad(cut, (0, params.sequence_length - len(cut)))


def _shape(vocabulary: int, dimension: int) -> InputShape:
    return InputShape(
        vocabulary_size=vocabulary, labels=2, embedding_dimension=dimension, weighted=False
    )


def _stock_network(shape: InputShape, params: Train, length: int | None) -> keras.Model:
    """What `build_network` builds by default, of Keras' own recurrent layers."""
    layers = keras.layers
    tokens = keras.Input((length,), dtype="int32")
    real = keras.ops.not_equal(tokens, 0)
    embedding = layers.Embedding(
        shape.vocabulary_size,
        shape.embedding_dimension,
        trainable=params.fine_tune_embeddings,
        name="embedding",
    )
    states = layers.SpatialDropout1D(params.dropout)(embedding(tokens))
    recurrent = layers.SimpleRNN(params.units, return_sequences=True)
    states = layers.Bidirectional(recurrent)(states, mask=real)
    readout = layers.Dropout(params.dropout)(Readout(params.readout)(states, real))
    return keras.Model(tokens, layers.Dense(shape.labels, activation="softmax")(readout))
