"""The champion's forecasts of the test values of series, by its own code."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rnnops.core.errors import InputError
from rnnops.forecasting.metrics import scales
from rnnops.forecasting.series import Series, by_frequency, to_frame
from rnnops.registry import published_model
from rnnops.registry.publication import FORECASTER, artifact_paths
from rnnops.runtime.forecaster_description import read_frequencies


def has_seen(whole: Sequence[Series], folder: Path) -> np.ndarray:
    """Of which series the model in `folder` was fitted to test values; shape (n,).

    A series whose last period then is no longer in it counts as seen: nobody knows.

    Args:
        whole: the series with their test values.
    """
    listed = published_model.read_training_ids(folder)
    last = dict(zip(listed["id"], listed["last_period"], strict=True))

    def is_seen(series: Series) -> bool:
        if series.name not in last:
            return False
        return last[series.name] not in series.training.periods

    return np.array([is_seen(each) for each in whole], dtype=bool)


def cannot_forecast(series: Sequence[Series], folder: Path) -> str | None:
    """Why the model in `folder` cannot forecast these series, None if it can."""
    known = read_frequencies(artifact_paths(folder)[FORECASTER])
    for name, group in by_frequency(series).items():
        shape = {"season": group[0].season, "horizon": group[0].horizon}
        if known.get(name) != shape:
            there = ", ".join(
                f"{each} of season {found['season']} and horizon {found['horizon']}"
                for each, found in known.items()
            )
            return (
                f"the champion forecasts series that are {there}, not {name} ones of season "
                f"{shape['season']} and horizon {shape['horizon']}: promote with --force"
            )
    return None


def score_champion(whole: Sequence[Series], folder: Path) -> np.ndarray:
    """The MASE of the champion's forecasts of each series' test values, shape (n,).

    Raises:
        InputError: when its code fails, or does not forecast each value.
    """
    training = [each.training for each in whole]
    table = to_frame(training).rename(columns={"period": "time"})
    found = published_model.predict(folder, table[["series", "time", "value", "frequency"]])
    points = {str(name): rows["forecast"].to_numpy() for name, rows in found.groupby("series")}
    scale = scales(training)
    scores = np.full(len(whole), np.nan)
    for row, each in enumerate(whole):
        there = points.get(each.name, np.empty(0))
        if len(there) != each.horizon:
            raise InputError(f"the champion forecasts {len(there)} values of {each.name}")
        scores[row] = np.abs(each.test - there).mean() / scale[row]
    return scores
