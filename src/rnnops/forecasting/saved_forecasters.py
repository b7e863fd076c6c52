"""The forecasters of all frequencies in one folder, and the losses of their training."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Self

import pandas as pd

from rnnops.forecasting.forecaster import Forecaster

FORECASTER, VALIDATOR = "forecaster", "validator"  # folders of each frequency


class SavedForecasters(NamedTuple):
    """Forecasters by frequency; `validators` have not been trained on the validation part."""

    forecasters: dict[str, Forecaster]
    validators: dict[str, Forecaster]

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Those that `save_pair` wrote, a folder a frequency."""
        places = sorted(path for path in Path(folder).iterdir() if path.is_dir())
        return cls(
            {place.name: Forecaster.load(place / FORECASTER) for place in places},
            {place.name: Forecaster.load(place / VALIDATOR) for place in places},
        )


def save_pair(forecaster: Forecaster, validator: Forecaster, folder: Path) -> None:
    """Write the forecasters of one frequency into `folder`, which is new."""
    for name, each in ((FORECASTER, forecaster), (VALIDATOR, validator)):
        (folder / name).mkdir(parents=True)
        each.save(folder / name)


def save_history(losses: Mapping[str, Sequence[float]], path: Path) -> None:
    """Write columns epoch and loss_<frequency>, empty after a frequency's last epoch.

    Args:
        losses: by frequency, of each epoch.
    """
    columns = {f"loss_{name}": pd.Series(list(each)) for name, each in losses.items()}
    history = pd.DataFrame(columns)
    history.insert(0, "epoch", range(1, len(history) + 1))
    history.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
