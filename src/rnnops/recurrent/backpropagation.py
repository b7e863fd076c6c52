"""A sequence through the recurrence, with backpropagation through time as its gradient."""

import itertools
from typing import Any

from rnnops.recurrent.backend import BACKEND, keras
from rnnops.recurrent.recurrence import Weights, backward_block, forward_block
from rnnops.recurrent.tensor import Tensor

ops = keras.ops


class WholeSequence:
    """A sequence as one block: what JAX compiles and PyTorch runs step by step.

    Args:
        inputs: (B, T, D).
        mask: (B, T), bool, false where a step does not count; None if all do.
        state: h before the first step, (B, N).
        backwards: read from the last step to the first.
    """

    def __init__(
        self,
        inputs: Tensor,
        mask: Tensor | None,
        state: Tensor,
        weights: Weights,
        *,
        backwards: bool,
    ) -> None:
        self.read = (inputs, mask, state)
        self.recurrent_kernel = weights.recurrent_kernel
        self.order = {"steps": inputs.shape[1], "backwards": backwards}
        self._states, self.last = forward_block(*self.read, weights, **self.order)

    def states(self) -> Tensor:
        """Every state, (B, T, N), where its input stands."""
        return self._states

    def gradients(
        self, by_states: Tensor | None, by_last: Tensor | None
    ) -> tuple[Weights, Tensor, Tensor]:
        """Gradients by W, b, U, by z (B, T, N) and by the first state (B, N).

        Args:
            by_states, by_last: gradient by every state or by the last one; the other is None.
        """
        by_states = ops.zeros_like(self._states) if by_states is None else by_states
        by_last = ops.zeros_like(self.last) if by_last is None else by_last
        return backward_block(
            *self.read, self._states, by_states, by_last, self.recurrent_kernel, **self.order
        )


if BACKEND == "tensorflow":
    from rnnops.recurrent.tensorflow_blocks import BlockedSequence as Sequence
else:
    Sequence = WholeSequence


def recur(
    inputs: Tensor,
    mask: Tensor | None,
    state: Tensor,
    weights: Weights,
    *,
    backwards: bool,
    every_state: bool,
    shards: int,
) -> Tensor:
    """The last state, (B, N), or every state, (B, T, N), where its input stands.

    Differentiable by `inputs`, `state` and `weights`. Other arguments as in `WholeSequence`;
    `shards` are the parts of the batch that may be computed side by side.
    """
    masks = [None] * shards if mask is None else _shards(mask, shards)

    @ops.custom_gradient
    def run(*arguments: Tensor) -> tuple[Tensor, Any]:
        # TensorFlow's eager tape would go on to look for a gradient of what is done in here.
        inputs, state, *weights = map(ops.stop_gradient, arguments)
        weights = Weights(*weights)
        sequences = [
            Sequence(part, mask, state, weights, backwards=backwards)
            for part, mask, state in zip(
                _shards(inputs, shards), masks, _shards(state, shards), strict=True
            )
        ]

        def gradient(*arguments: Tensor, upstream: Tensor | None = None) -> tuple[Tensor, ...]:
            upstream = arguments[0] if upstream is None else upstream
            by_weights, by_projected, by_state = zip(
                *(
                    sequence.gradients(*((part, None) if every_state else (None, part)))
                    for sequence, part in zip(sequences, _shards(upstream, shards), strict=True)
                ),
                strict=True,
            )
            by_inputs = ops.matmul(_joined(by_projected), ops.transpose(weights.kernel))
            return by_inputs, _joined(by_state), *map(sum, zip(*by_weights, strict=True))

        output = [sequence.states() if every_state else sequence.last for sequence in sequences]
        return _joined(output), gradient

    return run(inputs, state, *weights)


def _shards(array: Tensor, shards: int) -> list[Tensor]:
    if shards == 1:
        return [array]
    cuts = [ops.shape(array)[0] * shard // shards for shard in range(shards + 1)]
    return [array[start:end] for start, end in itertools.pairwise(cuts)]


def _joined(parts: list[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=0)
