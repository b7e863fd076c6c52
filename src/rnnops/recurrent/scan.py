"""One step after the other through time, the only part of a recurrence that cannot be one product.

TensorFlow and JAX compile the loop and write each output where it belongs; PyTorch has no compiled
loop, and goes through a list.
"""

from collections.abc import Callable, Sequence

from rnnops.recurrent.backend import BACKEND, keras
from rnnops.recurrent.tensor import Tensor

ops = keras.ops


def scan_over_time(
    step: Callable[..., tuple[Tensor, Tensor]],
    state: Tensor,
    inputs: Sequence[Tensor],
    *,
    first: Tensor | int,
    stride: int,
    steps: Tensor | int,
) -> tuple[Tensor, Tensor]:
    """Last state, (B, N), and the output at each time, (B, K, N), 0 where no step comes by.

    Args:
        step: from the state and each input at one time, (B, ·), to the new state and an output,
            both (B, N).
        state: where to begin, (B, N).
        inputs: each (B, K, ·).
        first, stride, steps: the times are first, first + stride, and so on, `steps` of them;
            `stride` is 1 or -1. PyTorch takes all K.
    """
    if BACKEND == "torch":
        by_time = [ops.swapaxes(array, 0, 1) for array in inputs]
        state, outputs = ops.scan(
            lambda state, now: step(state, *now), state, by_time, reverse=stride < 0
        )
        return state, ops.swapaxes(outputs, 0, 1)

    def body(count: Tensor, loop: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        state, outputs = loop
        time = first + stride * count
        state, output = step(state, *(ops.take(array, time, axis=1) for array in inputs))
        return state, ops.slice_update(outputs, (0, time, 0), output[:, None])

    rows, length, _ = ops.shape(inputs[0])
    outputs = ops.zeros((rows, length, state.shape[1]), state.dtype)
    return ops.fori_loop(0, steps, body, (state, outputs))
