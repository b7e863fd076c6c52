"""Training one network on windows at many origins of many series.

Half of the windows of each epoch are mirrored: what was above is below. So the network cannot learn
that values rise, which was true of the years that it trains on and may not be of those to come; on
the validation part of M3's quarterly series the sMAPE was 9.0 with and 9.8 without.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rnnops.core.errors import InputError
from rnnops.forecasting.inference import QuantileNetwork
from rnnops.forecasting.network import build_network, pinball_loss
from rnnops.forecasting.params import ForecastNetwork
from rnnops.forecasting.series import Series
from rnnops.forecasting.windows import Windows, WindowShape, read_windows
from rnnops.recurrent.backend import keras

TARGET_LIMIT = 30.0  # in units of the windows' scale
WEIGHT_LIMITS = 0.05, 5.0  # times the mean weight


class Examples(NamedTuple):
    """W windows and what came after them.

    Attributes:
        targets: shape (W, H, 2), float32: what is to be answered and its weight, the windows'
            scale, so that errors count as shares of a series' level; 0 after a series' end.
    """

    windows: Windows
    targets: np.ndarray


def make_examples(
    series: Sequence[Series], shape: WindowShape, params: ForecastNetwork
) -> Examples:
    """Windows at every origin that has `least_history` values before and at least one after it.

    Raises:
        InputError: if no series is long enough for one.
    """
    histories, following = [], []
    for each in series:
        first = max(params.least_history, len(each) - params.max_origins)
        for origin in range(first, len(each)):
            after = each.values[origin : origin + shape.horizon]
            histories.append(each.values[:origin])
            following.append(np.pad(after, (0, shape.horizon - len(after)), constant_values=np.nan))
    if not histories:
        raise InputError(
            f"no series has more than {params.least_history} values (least_history) to train on, "
            "without its validation part"
        )
    windows = read_windows(histories, shape)
    answers = windows.scaled(np.array(following))
    low, high = np.array(WEIGHT_LIMITS) * windows.scale.mean()
    weights = np.where(np.isnan(answers), 0, np.clip(windows.scale, low, high)[:, None])
    answers = np.clip(np.nan_to_num(answers), -TARGET_LIMIT, TARGET_LIMIT)
    targets = np.stack([answers, weights / windows.scale.mean()], axis=2)
    return Examples(windows, targets.astype(np.float32))


def train_network(
    examples: Examples, shape: WindowShape, params: ForecastNetwork, seed: int
) -> tuple[QuantileNetwork, list[float]]:
    """A network trained for `params.epochs`, and the mean loss of each.

    The learning rate falls along a cosine to 0.
    """
    keras.utils.set_random_seed(seed)
    random = np.random.default_rng(seed)
    rows = len(examples.targets)
    batch = min(params.batch_size, rows)
    network = build_network(shape, params)
    learning_rate = keras.optimizers.schedules.CosineDecay(
        params.learning_rate, decay_steps=rows // batch * params.epochs
    )
    network.compile(
        keras.optimizers.Adam(learning_rate, clipnorm=params.gradient_clip_norm), loss=pinball_loss
    )
    windows, targets = examples
    mirrored = windows.mirrored(shape)
    losses = []
    for _ in range(params.epochs):
        drawn = random.permutation(rows)[: rows // batch * batch]
        turned = random.random(len(drawn)) < 0.5
        sequences, statics, wanted = (
            _choose(turned, there[drawn], here[drawn])
            for here, there in (
                (windows.sequences, mirrored.sequences),
                (windows.statics, mirrored.statics),
                (targets, targets * np.array([-1, 1], np.float32)),
            )
        )
        fitted = network.fit(
            [sequences, statics], wanted, batch_size=batch, epochs=1, shuffle=False, verbose=0
        )
        losses.append(float(fitted.history["loss"][0]))
    return QuantileNetwork.from_weights(network.get_weights()), losses


def _choose(chosen: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.where(chosen.reshape(-1, *(1,) * (first.ndim - 1)), first, second)
