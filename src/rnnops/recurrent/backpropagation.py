"""A sequence through the recurrence, with backpropagation through time as its gradient."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from rnnops.recurrent.backend import BACKEND, keras
from rnnops.recurrent.recurrence import Weights, backward_block, forward_block
from rnnops.recurrent.tensor import Tensor

ops = keras.ops


class SequenceRead(Protocol):
    """A sequence that has been read, and how a loss on its states depends on what was read."""

    last: Tensor

    def states(self) -> Tensor: ...
    def gradients(
        self, upstream: Tensor, *, of_every_state: bool
    ) -> tuple[Weights, Tensor, Tensor]: ...


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
        self.order: dict[str, Any] = {"steps": inputs.shape[1], "backwards": backwards}
        self._states, self.last = forward_block(*self.read, weights, **self.order)

    def states(self) -> Tensor:
        """Every state, (B, T, N), where its input stands."""
        return self._states

    def gradients(
        self, upstream: Tensor, *, of_every_state: bool
    ) -> tuple[Weights, Tensor, Tensor]:
        """Gradients by W, b, U, by z (B, T, N) and by the first state (B, N).

        Args:
            upstream: the loss's gradient by every state, (B, T, N), or by the last one, (B, N).
        """
        by_states = upstream if of_every_state else ops.zeros_like(self._states)
        by_last = ops.zeros_like(self.last) if of_every_state else upstream
        return backward_block(
            *self.read, self._states, by_states, by_last, self.recurrent_kernel, **self.order
        )


READ: Callable[..., SequenceRead]
if BACKEND == "tensorflow":
    from rnnops.recurrent.tensorflow_blocks import BlockedSequence

    READ = BlockedSequence
else:
    READ = WholeSequence


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

    def run(*arguments: Tensor) -> tuple[Tensor, Callable[..., tuple[Any, ...]]]:
        # TensorFlow's eager tape would go on to look for a gradient of what is done in here.
        inputs, state, *each = map(ops.stop_gradient, arguments)
        weights = Weights(*each)
        sequences = [
            READ(part, mask, state, weights, backwards=backwards)
            for part, mask, state in zip(
                _shards(inputs, shards), masks, _shards(state, shards), strict=True
            )
        ]

        def gradient(*arguments: Tensor, upstream: Tensor | None = None) -> tuple[Any, ...]:
            upstream = arguments[0] if upstream is None else upstream
            by_weights, by_projected, by_state = zip(
                *(
                    sequence.gradients(part, of_every_state=every_state)
                    for sequence, part in zip(sequences, _shards(upstream, shards), strict=True)
                ),
                strict=True,
            )
            by_inputs = ops.matmul(_joined(by_projected), ops.transpose(weights.kernel))
            return by_inputs, _joined(by_state), *map(sum, zip(*by_weights, strict=True))

        output = [sequence.states() if every_state else sequence.last for sequence in sequences]
        return _joined(output), gradient

    return ops.custom_gradient(run)(inputs, state, *weights)


def _shards(array: Tensor, shards: int) -> list[Tensor]:
    if shards == 1:
        return [array]
    cuts = [ops.shape(array)[0] * shard // shards for shard in range(shards + 1)]
    return [array[start:end] for start, end in itertools.pairwise(cuts)]


def _joined(parts: Sequence[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=0)
