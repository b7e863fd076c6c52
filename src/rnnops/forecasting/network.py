"""The network in Keras: SimpleRNN over a window's last steps, then all quantiles of all steps.

It begins with no correction and with the quantiles of a random walk: those of the normal
distribution, √h times as wide h steps ahead.
"""

from typing import Any

import numpy as np
from scipy.special import ndtri

from rnnops.forecasting.forecasts import LEVELS
from rnnops.forecasting.params import ForecastNetwork
from rnnops.forecasting.windows import WindowShape
from rnnops.recurrent.backend import keras
from rnnops.recurrent.device import OPERATIONS_AT_ONCE
from rnnops.recurrent.layer import SimpleRNN

ops = keras.ops
FIRST_DEVIATION = 0.01  # of the last layer's weights


def build_network(shape: WindowShape, params: ForecastNetwork) -> keras.Model:
    """An untrained network.

    Inputs: sequences, (batch, steps, SEQUENCE_INPUTS), and statics, (batch, shape.statics).
    Output: (batch, H, levels), in units of the windows' scale; quantiles may still cross.
    """
    sequences = keras.Input((shape.steps, shape.sequence_inputs), name="sequences")
    statics = keras.Input((shape.statics,), name="statics")
    states = sequences
    for layer in range(params.layers):
        states = SimpleRNN(
            params.units,
            return_sequences=layer < params.layers - 1,
            shards=OPERATIONS_AT_ONCE,
            name=f"recurrent_{layer}",
        )(states)
    described = keras.layers.Concatenate()([states, statics])
    described = keras.layers.Dropout(params.dropout)(described)
    answers = keras.layers.Dense(
        shape.horizon * len(LEVELS),
        kernel_initializer=keras.initializers.RandomNormal(stddev=FIRST_DEVIATION),
        bias_initializer=_random_walk,
        name="quantiles",
    )(described)
    return keras.Model(
        [sequences, statics], keras.layers.Reshape((shape.horizon, len(LEVELS)))(answers)
    )


def pinball_loss(targets: Any, answers: Any) -> Any:
    """The mean pinball loss over levels, weighted (Koenker and Bassett 1978).

    Args:
        targets: shape (batch, H, 2), what was to be answered and its weight, 0 where it is unknown.
        answers: shape (batch, H, levels).
    """
    levels = ops.convert_to_tensor(LEVELS, "float32")
    below = targets[..., :1] - answers
    losses = ops.maximum(levels * below, (levels - 1) * below)
    weights = targets[..., 1]
    return ops.sum(weights * ops.mean(losses, axis=-1)) / ops.maximum(ops.sum(weights), 1e-6)


def _random_walk(shape: tuple[int, ...], dtype: Any = None) -> Any:
    horizon = shape[0] // len(LEVELS)
    spread = np.sqrt(np.arange(1, horizon + 1))[:, None] * ndtri(LEVELS)
    return ops.convert_to_tensor(spread.ravel(), dtype)
