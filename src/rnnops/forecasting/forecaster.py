"""The forecaster of one frequency: what is fitted, saved, and asked for forecasts.

It needs no Keras to forecast. The folder holds JSON and NumPy's own format without pickle.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import numpy as np

from rnnops.core import files
from rnnops.core.errors import InputError
from rnnops.forecasting.calibration import Calibration
from rnnops.forecasting.forecasts import LEVELS, MEDIAN, Forecasts, empty_forecasts
from rnnops.forecasting.inference import QuantileNetwork
from rnnops.forecasting.series import Series
from rnnops.forecasting.windows import Windows, WindowShape, read_windows

DESCRIPTION = "forecaster.json"


@dataclass(frozen=True, eq=False)
class Forecaster:
    """Networks that differ in their seed, of one frequency, and their calibration."""

    shape: WindowShape
    networks: list[QuantileNetwork]
    calibration: Calibration

    def forecast(self, series: Sequence[Series]) -> Forecasts:
        """Forecasts for the periods after each series' end, in its units.

        Raises:
            InputError: for a series of another season or a longer horizon, or without a value.
        """
        for each in series:
            if each.season != self.shape.season or each.horizon > self.shape.horizon:
                raise InputError(
                    f"{each.name} has season {each.season} and horizon {each.horizon}, but the "
                    f"forecaster was fitted for {self.shape.season} and {self.shape.horizon}"
                )
            if not len(each):
                raise InputError(f"{each.name} has no value to forecast from")
        windows = read_windows([each.values for each in series], self.shape)
        answers = self.calibration.apply(answer(self.networks, windows, self.shape))
        quantiles = windows.unscaled(answers)
        forecasts = empty_forecasts([each.horizon for each in series])
        for row, each in enumerate(series):
            forecasts.quantiles[row, : each.horizon] = quantiles[row, : each.horizon]
            forecasts.points[row, : each.horizon] = quantiles[row, : each.horizon, MEDIAN]
        return forecasts

    def save(self, folder: Path) -> None:
        """Write the forecaster into `folder`; equal forecasters give equal bytes."""
        described = {
            "shape": asdict(self.shape),
            "levels": LEVELS.tolist(),
            "networks": len(self.networks),
            "trust": self.calibration.trust,
            "widths": self.calibration.widths.tolist(),
        }
        files.write_json(described, folder / DESCRIPTION)
        for number, network in enumerate(self.networks):
            for place, weights in enumerate(network.weights()):
                files.write_array(weights, folder / _file_name(number, place))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The forecaster that `save` wrote into `folder`."""
        described = files.read_json(folder / DESCRIPTION)
        networks = []
        for number in range(described["networks"]):
            weights: list[np.ndarray] = []
            while (file := folder / _file_name(number, len(weights))).exists():
                weights.append(files.read_array(file))
            networks.append(QuantileNetwork.from_weights(weights))
        calibration = Calibration(described["trust"], np.array(described["widths"]))
        return cls(WindowShape(**described["shape"]), networks, calibration)


def answer(networks: Sequence[QuantileNetwork], windows: Windows, shape: WindowShape) -> np.ndarray:
    """The median of the networks' answers, shape (W, H, levels), in units of the windows' scale.

    Each answers a window and its mirror image; what it says of the image is turned back, so that a
    series upside down gets its forecasts upside down.
    """
    mirrored = windows.mirrored(shape)
    answers = []
    for network in networks:
        upright = network.answers(windows.sequences, windows.statics)
        turned = network.answers(mirrored.sequences, mirrored.statics)
        answers.append((upright.astype(float) - turned[..., ::-1]) / 2)
    return np.median(answers, axis=0)


def _file_name(network: int, place: int) -> str:
    return f"network_{network}_{place}.npy"
