"""`keras.layers.SimpleRNN` with its gradient written out, and faster for it.

The equations stand in recurrence.py. Here they become a layer: the same weights in the same order,
the same arguments, masks and results as the layer it replaces.
"""

from typing import Any

from rnnops.recurrent.backend import BACKEND, keras
from rnnops.recurrent.backpropagation import recur
from rnnops.recurrent.recurrence import Weights
from rnnops.recurrent.tensor import Tensor

ops = keras.ops


@keras.saving.register_keras_serializable("rnnops")
class SimpleRNN(keras.layers.SimpleRNN):
    """A drop-in for `keras.layers.SimpleRNN`: O_t = tanh(x_t·W + O_{t-1}·W' + b).

    Takes sequences of shape (batch, time, inputs), gives the last state, (batch, units), or with
    `return_sequences` every state, (batch, time, units). Takes that layer's arguments, and two
    more.

    Args:
        in_time_order: with `go_backwards` and `return_sequences`, leave each state where its input
            stands; without, they come in the order of reading, as Keras has it.
        shards: parts of a batch that TensorFlow computes side by side, one a core.

    Raises:
        ValueError: for what it does not support: another activation than tanh,
            `recurrent_dropout`, `unroll`, and a mask together with an `initial_state` or with
            `stateful`.
    """

    def __init__(
        self, units: int, *args: Any, in_time_order: bool = False, shards: int = 2, **kwargs: Any
    ) -> None:
        super().__init__(units, *args, **kwargs)
        self.in_time_order = in_time_order
        self.shards = shards
        self.supports_jit = BACKEND != "tensorflow"  # compiled already, block by block
        unsupported = {
            "activation": self.activation is not keras.activations.tanh,
            "recurrent_dropout": self.recurrent_dropout > 0,
            "unroll": self.unroll,
        }
        for name, given in unsupported.items():
            if given:
                raise ValueError(
                    f"{name}={getattr(self, name)!r} is not supported by rnnops' SimpleRNN: leave "
                    "it out, or use keras.layers.SimpleRNN"
                )

    def call(
        self,
        sequences: Tensor,
        initial_state: list[Tensor] | None = None,
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Tensor | tuple[Tensor, Tensor]:
        """As `keras.layers.SimpleRNN`."""
        if mask is not None and (initial_state is not None or self.stateful):
            given = "stateful=True" if initial_state is None else "initial_state"
            raise ValueError(
                f"a mask together with {given} is not supported by rnnops' SimpleRNN: leave one "
                "out, or use keras.layers.SimpleRNN"
            )
        return super().call(sequences, initial_state, mask, training)

    def inner_loop(
        self,
        sequences: Tensor,
        initial_state: list[Tensor],
        mask: Tensor | None,
        training: bool = False,
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Last output, all outputs and last state: what `keras.layers.RNN.call` asks a layer for.

        Without `return_sequences` the second is not computed, and is the first again.
        """
        if training and self.dropout > 0:
            sequences = sequences * self.cell.get_dropout_mask(sequences[:, 0])[:, None]
        state = initial_state[0]
        bias = self.cell.bias if self.use_bias else ops.zeros(self.units)
        weights = (self.cell.kernel, bias, self.cell.recurrent_kernel)
        found = recur(
            ops.cast(sequences, state.dtype),
            mask,
            state,
            Weights(*(ops.cast(weight, state.dtype) for weight in weights)),
            backwards=self.go_backwards,
            every_state=self.return_sequences,
            shards=self._shards(sequences),
        )
        final = 0 if self.go_backwards else -1
        counted = mask if self.zero_output_for_mask else None
        if not self.return_sequences:
            output = found if counted is None else ops.where(counted[:, final, None], found, 0)
            return output, output, [found]
        last = found[:, final]
        if counted is not None:
            found = ops.where(counted[:, :, None], found, 0)
        if self.go_backwards and not self.in_time_order:
            found = ops.flip(found, axis=1)
        return last, found, [last]

    def _shards(self, sequences: Tensor) -> int:
        rows = sequences.shape[0]
        if BACKEND != "tensorflow" or (rows is not None and rows < self.shards):
            return 1
        return self.shards

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "in_time_order": self.in_time_order,
            "shards": self.shards,
        }
