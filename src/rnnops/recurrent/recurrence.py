"""The equations of a simple recurrent network, forward and backward, over a block of time steps.

Elman (1990). Rows are messages: B of them, K time steps, D inputs, N units.

    z_t = x_t·W                         x_t (B, D), W (D, N), z_t (B, N)
    h_t = tanh(z_t + h_{t-1}·U + b)     U (N, N), b (N,), h_t (B, N); a masked step: h_t = h_{t-1}

Backpropagation through time (Rumelhart, Hinton and Williams 1986): from the last step to the
first, with g_t = dL/dh_t in all and δ_t = dL/dz_t,

    g_t   = (what uses h_t outside the recurrence) + δ_{t+1}·Uᵀ     (+ g_{t+1} if t+1 is masked)
    δ_t   = g_t ∘ (1 − h_t²)                                        (0 if t is masked)

    dL/dU = Σ_t h_{t-1}ᵀ·δ_t    dL/dW = Σ_t x_tᵀ·δ_t    dL/db = Σ_t δ_t    dL/dx_t = δ_t·Wᵀ

Only h_t and g_t wait for their neighbours. All else is one matrix product for the whole block,
before or after the scan. Read backwards in time, t-1 is the step at the right.
"""

from types import ModuleType
from typing import NamedTuple

from rnnops.recurrent.backend import keras
from rnnops.recurrent.scan import scan_over_time
from rnnops.recurrent.tensor import Array, Tensor

ops = keras.ops


class Weights(NamedTuple):
    """W (D, N), b (N,) and U (N, N), or the gradient of the loss by each."""

    kernel: Tensor
    bias: Tensor
    recurrent_kernel: Tensor


def forward_step(
    library: ModuleType,
    state: Array,
    projected: Array,
    mask: Array | None,
    bias: Array,
    recurrent_kernel: Array,
) -> Array:
    """h_t, (B, N), from h_{t-1} and z_t; `library` is `keras.ops` or NumPy, `mask` (B, 1)."""
    new = library.tanh(projected + bias + library.matmul(state, recurrent_kernel))
    return new if mask is None else library.where(mask, new, state)


def backward_step(
    library: ModuleType,
    carried: Array,
    upstream: Array,
    state: Array,
    mask: Array | None,
    transposed_kernel: Array,
) -> tuple[Array, Array, Array]:
    """g_t, δ_t and what g_{t-1} has of them, each (B, N).

    Args:
        carried: what g_t has of the step after, (B, N).
        upstream: what it has from outside the recurrence, (B, N).
        state: h_t, (B, N).
        transposed_kernel: Uᵀ, (N, N).
    """
    gradient = upstream + carried
    delta = gradient * (1 - state * state)
    if mask is None:
        return gradient, delta, library.matmul(delta, transposed_kernel)
    delta = library.where(mask, delta, 0)
    carried = library.matmul(delta, transposed_kernel) + library.where(mask, 0, gradient)
    return gradient, delta, carried


def forward_block(
    inputs: Tensor,
    mask: Tensor | None,
    state: Tensor,
    weights: Weights,
    steps: Tensor | int,
    *,
    backwards: bool,
) -> tuple[Tensor, Tensor]:
    """Every state of the block, (B, K, N), and the one that was read last, (B, N).

    Args:
        inputs: x, (B, K, D).
        mask: (B, K), bool, false where a step does not count; None if all do.
        state: h before the block, (B, N).
        steps: how many of the K steps are read, in the order of reading; the states of the others
            are 0.
        backwards: read from the last step to the first. States stay where their inputs are.
    """

    def step(state: Tensor, projected: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        new = forward_step(ops, state, projected, mask, weights.bias, weights.recurrent_kernel)
        return new, new

    last, states = scan_over_time(
        step,
        state,
        (ops.matmul(inputs, weights.kernel), *_columns(mask)),
        first=inputs.shape[1] - 1 if backwards else 0,
        stride=-1 if backwards else 1,
        steps=steps,
    )
    return states, last


def backward_block(
    inputs: Tensor,
    mask: Tensor | None,
    state: Tensor,
    states: Tensor,
    upstream: Tensor,
    carried: Tensor,
    recurrent_kernel: Tensor,
    steps: Tensor | int,
    *,
    backwards: bool,
) -> tuple[Weights, Tensor, Tensor]:
    """The block's share of the gradients by W, b and U; δ, (B, K, N); dL/dh by `state`, (B, N).

    Args:
        inputs, mask, state, steps, backwards: what `forward_block` had.
        states: what it gave.
        upstream: gradient of the loss by each state from outside the recurrence, (B, K, N).
        carried: gradient by the last state from the block after this one, (B, N).
    """
    transposed = ops.transpose(recurrent_kernel)

    def step(
        carried: Tensor, upstream: Tensor, state: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        _, delta, carried = backward_step(ops, carried, upstream, state, mask, transposed)
        return carried, delta

    carried, deltas = scan_over_time(
        step,
        carried,
        (upstream, states, *_columns(mask)),
        first=inputs.shape[1] - steps if backwards else steps - 1,
        stride=1 if backwards else -1,
        steps=steps,
    )
    before = (states[:, 1:], state[:, None]) if backwards else (state[:, None], states[:, :-1])
    gradients = Weights(
        kernel=_sum_of_products(inputs, deltas),
        bias=ops.sum(deltas, axis=(0, 1)),
        recurrent_kernel=_sum_of_products(ops.concatenate(before, axis=1), deltas),
    )
    return gradients, deltas, carried


def _columns(mask: Tensor | None) -> tuple[Tensor, ...]:
    return () if mask is None else (mask[:, :, None],)


def _sum_of_products(left: Tensor, right: Tensor) -> Tensor:
    """Σ over messages and steps of leftᵀ·right: (B, K, D) and (B, K, N) to (D, N)."""
    flat = [ops.reshape(array, (-1, array.shape[-1])) for array in (left, right)]
    return ops.matmul(ops.transpose(flat[0]), flat[1])
