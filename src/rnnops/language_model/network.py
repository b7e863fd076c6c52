"""The network of the next word: word vectors, SimpleRNN, softmax over the vocabulary.

    h_t = tanh(E[w_t]·W + h_{t-1}·U + b)        p(w_{t+1}) = softmax(h_t·Kᵀ + c)

Mikolov et al., "Recurrent neural network based language model" (2010). Tied, K is E: Press and
Wolf, "Using the Output Embedding to Improve Language Models" (2017).
"""

from typing import Any

from rnnops.language_model.params import NextWord
from rnnops.language_model.sampled_surprise import draw_words, sampled_surprise, take_rows
from rnnops.language_model.surprise import surprise
from rnnops.recurrent.backend import BACKEND, keras
from rnnops.recurrent.device import OPERATIONS_AT_ONCE
from rnnops.recurrent.layer import SimpleRNN
from rnnops.recurrent.tensor import Tensor

ops = keras.ops

START = 0.05  # word vectors start uniform between -START and START


def build_network(size: int, params: NextWord) -> keras.Model:
    """An untrained network over `size` words; it keeps its states from batch to batch.

    Inputs: `read` and `next_words`, shape (rows, steps), int32. Output: −log p of each next word,
    in nats, same shape.
    """
    shape = (params.rows, params.steps)
    read = keras.Input(batch_shape=shape, dtype="int32", name="read")
    next_words = keras.Input(batch_shape=shape, dtype="int32", name="next_words")
    vectors = WordVectors(size, params.embedding_dimension, name="embedding")
    states = keras.layers.Dropout(params.dropout)(vectors(read))
    for layer in range(params.layers):
        states = SimpleRNN(
            params.units,
            stateful=True,
            return_sequences=True,
            recurrent_initializer="orthogonal",
            name=layer_name(layer),
        )(states)
        states = keras.layers.Dropout(params.dropout)(states)
    softmax = Surprise(size, vectors if params.tied else None, params, name="softmax")
    return keras.Model([read, next_words], softmax(states, next_words), name="next_word")


def layer_name(layer: int) -> str:
    """What a recurrent layer is called, counted from 0."""
    return f"recurrent_{layer}"


class WordVectors(keras.layers.Layer):
    """An embedding whose gradient is an array like its own, see `take_rows`."""

    def __init__(self, size: int, dimension: int, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.size, self.dimension = size, dimension

    def build(self, _: Any) -> None:
        self.vectors = self.add_weight(
            shape=(self.size, self.dimension),
            initializer=keras.initializers.RandomUniform(-START, START),
            name="vectors",
        )

    def call(self, words: Tensor) -> Tensor:
        """The vectors of `words`, (rows, steps), as (rows, steps, dimension)."""
        return take_rows(ops.convert_to_tensor(self.vectors), words)

    def compute_output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return (*shape, self.dimension)


class Surprise(keras.layers.Layer):
    """−log p of the next words by a softmax of the states, with vectors of its own or those tied.

    Args:
        tied: the layer whose vectors it shares; None for its own.
        params: its precision, and over how many drawn words it trains.
    """

    def __init__(
        self, size: int, tied: WordVectors | None, params: NextWord, **arguments: Any
    ) -> None:
        super().__init__(**arguments)
        self.size, self.tied = size, tied
        self.products = "bfloat16" if params.precision == "mixed_bfloat16" else params.precision
        self.sampled = params.sampled_words
        if self.sampled is not None:
            self.seeds = keras.random.SeedGenerator(params.seed)
        self.supports_jit = BACKEND != "tensorflow"

    def build(self, states_shape: tuple[int, ...], next_words_shape: tuple[int, ...]) -> None:  # noqa: ARG002
        if self.tied is None:
            self.kernel = self.add_weight(
                shape=(self.size, states_shape[-1]),
                initializer=keras.initializers.RandomUniform(-START, START),
                name="kernel",
            )
        self.bias = self.add_weight(shape=(self.size,), initializer="zeros", name="bias")

    @property
    def vectors(self) -> Any:
        """Of the words, (size, units)."""
        return self.kernel if self.tied is None else self.tied.vectors

    def call(self, states: Tensor, next_words: Tensor, training: bool = False) -> Tensor:
        """Shape (rows, steps), of `states`, (rows, steps, units)."""
        rows, steps, units = states.shape
        arguments = (
            ops.reshape(states, (rows * steps, units)),
            ops.convert_to_tensor(self.vectors),
            ops.convert_to_tensor(self.bias),
            ops.reshape(next_words, (rows * steps,)),
        )
        if training and self.sampled is not None:
            drawn = draw_words(self.sampled, self.size, self.seeds)
            found = sampled_surprise(*arguments, drawn, factors=self.products)
        else:
            shards = OPERATIONS_AT_ONCE if BACKEND == "tensorflow" and rows > 1 else 1
            found = surprise(*arguments, factors=self.products, shards=shards)
        return ops.reshape(found, (rows, steps))

    def compute_output_shape(
        self,
        states_shape: tuple[int, ...],
        next_words_shape: tuple[int, ...],  # noqa: ARG002 (Keras calls it by name)
    ) -> tuple[int, ...]:
        return states_shape[:-1]
