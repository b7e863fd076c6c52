"""The recurrence on TensorFlow: blocks of 50 time steps, each a call of one compiled program.

TensorFlow runs a loop operation by operation, and a step of the recurrence is too little work for
that. XLA compiles the loop, but anew for each length; a block's length is always the same, so that
messages of any length share two programs. A block's arrays also fit a core's cache. XLA's own
threads do not run two loops at a time, but TensorFlow's do: two shards of a batch, or the two
directions of a bidirectional layer, keep two cores busy.
"""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from rnnops.recurrent.recurrence import Weights, backward_block, forward_block

BLOCK = 50
MOST_UNROLLED = 16  # blocks; a longer sequence, or one of unknown length, is a loop in the graph

_forward = tf.function(forward_block, jit_compile=True, autograph=False)
_backward = tf.function(backward_block, jit_compile=True, autograph=False)


class BlockedSequence:
    """A sequence as blocks, numbered in the order of reading; otherwise as `WholeSequence`."""

    def __init__(
        self,
        inputs: tf.Tensor,
        mask: tf.Tensor | None,
        state: tf.Tensor,
        weights: Weights,
        *,
        backwards: bool,
    ) -> None:
        self.mask, self.backwards = mask, backwards
        self.weights = weights
        self.length = inputs.shape[1] or tf.shape(inputs)[1]
        self.blocks = -(-self.length // BLOCK)

        def run_block(block: Any, state: tf.Tensor, *kept: tf.TensorArray) -> tuple[Any, ...]:
            part = self._cut(inputs, block)
            states, last = _forward(
                part,
                self._cut(mask, block),
                state,
                weights,
                self._steps(block),
                backwards=backwards,
            )
            values = zip(kept, (part, state, states), strict=True)
            return tf.ensure_shape(last, state.shape), *(
                _written(array, self._place(block), value) for array, value in values
            )

        self.last, self.inputs, self.before, self.kept_states = self._for_each_block(
            run_block,
            state,
            self._array(state.dtype, BLOCK, inputs.shape[2]),
            self._array(state.dtype, state.shape[1]),
            self._array(state.dtype, BLOCK, state.shape[1]),
        )

    def states(self) -> tf.Tensor:
        """Every state, (B, T, N), where its input stands."""
        return self._joined(self.kept_states)

    def gradients(
        self, upstream: tf.Tensor, *, of_every_state: bool
    ) -> tuple[Weights, tf.Tensor, tf.Tensor]:
        """As `WholeSequence.gradients`."""
        rows, units = tf.shape(upstream)[0], upstream.shape[-1]
        nothing = tf.zeros((rows, BLOCK, units), upstream.dtype)
        by_last = tf.zeros((rows, units), upstream.dtype) if of_every_state else upstream

        def run_block(
            block: Any, carried: tf.Tensor, deltas: tf.TensorArray, *sums: tf.Tensor
        ) -> tuple[Any, ...]:
            place = self._place(block)
            gradients, delta, before = _backward(
                self.inputs.read(place),
                self._cut(self.mask, block),
                self.before.read(place),
                self.kept_states.read(place),
                self._cut(upstream, block) if of_every_state else nothing,
                carried,
                self.weights.recurrent_kernel,
                self._steps(block),
                backwards=self.backwards,
            )
            added = (total + part for total, part in zip(sums, gradients, strict=True))
            return tf.ensure_shape(before, carried.shape), _written(deltas, place, delta), *added

        by_state, deltas, *by_weights = self._for_each_block(
            run_block,
            by_last,
            self._array(upstream.dtype, BLOCK, units),
            *(tf.zeros(weight.shape, upstream.dtype) for weight in self.weights),
            reverse=True,
        )
        return Weights(*by_weights), self._joined(deltas), by_state

    def _for_each_block(
        self, body: Callable[..., tuple[Any, ...]], *variables: Any, reverse: bool = False
    ) -> tuple[Any, ...]:
        """`variables` after each block's number and they have gone through `body`."""
        if isinstance(self.blocks, int) and self.blocks <= MOST_UNROLLED:
            for block in reversed(range(self.blocks)) if reverse else range(self.blocks):
                variables = body(block, *variables)
            return variables
        return tf.while_loop(
            lambda count, *_: count < self.blocks,
            lambda count, *variables: (
                count + 1,
                *body(self.blocks - 1 - count if reverse else count, *variables),
            ),
            (0, *variables),
            parallel_iterations=1,
        )[1:]

    def _array(self, dtype: tf.DType, *shape: int) -> tf.TensorArray:
        return tf.TensorArray(
            dtype, self.blocks, clear_after_read=False, element_shape=(None, *shape)
        )

    def _place(self, block: Any) -> Any:
        """Where in time the block stands."""
        return self.blocks - 1 - block if self.backwards else block

    def _steps(self, block: Any) -> tf.Tensor:
        return tf.minimum(BLOCK, self.length - block * BLOCK)

    def _cut(self, array: tf.Tensor | None, block: Any) -> tf.Tensor | None:
        """A block of (B, T, ·), (B, BLOCK, ·), with zeros where there are no steps left to read."""
        if array is None:
            return None
        steps = self._steps(block)
        start = block * BLOCK
        padding = (0, BLOCK - steps)
        if self.backwards:
            start, padding = self.length - start - steps, padding[::-1]
        rest = tf.shape(array)[2:]
        part = tf.slice(
            array,
            tf.concat([[0, start], tf.zeros_like(rest)], 0),
            tf.concat([[-1, steps], rest], 0),
        )
        part = tf.pad(part, [(0, 0), padding, (0, 0)][: array.shape.rank])
        return tf.ensure_shape(part, (array.shape[0], BLOCK, *array.shape[2:]))

    def _joined(self, blocks: tf.TensorArray) -> tf.Tensor:
        """Blocks of (B, BLOCK, N), each in its place, as (B, T, N)."""
        by_time = blocks.stack()
        count, rows, _, units = tf.unstack(tf.shape(by_time))
        joined = tf.reshape(tf.transpose(by_time, (1, 0, 2, 3)), (rows, count * BLOCK, units))
        padding = count * BLOCK - self.length if self.backwards else 0
        joined = tf.slice(joined, (0, padding, 0), (-1, self.length, -1))
        return tf.ensure_shape(joined, (None, None, blocks.element_shape[-1]))


def _written(array: tf.TensorArray, place: Any, value: tf.Tensor) -> tf.TensorArray:
    """`array` with `value` at `place`, and no complaint if no gradient is ever asked for."""
    written = array.write(place, value)
    if tf.executing_eagerly():
        written.mark_used()
    return written
