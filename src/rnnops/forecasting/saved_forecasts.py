"""Forecasts of one method in files: those of the validation part and those of the test part."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rnnops.core import files
from rnnops.forecasting.forecasts import Forecasts
from rnnops.forecasting.statistical import Fallback

FALLBACKS = "fallbacks.json"


def save_forecasts(
    parts: Mapping[str, Forecasts], fallbacks: Mapping[str, Sequence[Fallback]], folder: Path
) -> None:
    """Write the forecasts by part, and which series the method could not forecast, into `folder`.

    Equal forecasts give equal bytes.
    """
    for part, forecasts in parts.items():
        for name, array in forecasts._asdict().items():
            files.write_array(array, folder / f"{part}_{name}.npy")
    found = {part: [each._asdict() for each in those] for part, those in fallbacks.items()}
    files.write_json(found, folder / FALLBACKS)


def load_forecasts(part: str, folder: Path) -> Forecasts:
    """The forecasts of a part that `save_forecasts` wrote."""
    return Forecasts(
        *(files.read_array(folder / f"{part}_{name}.npy") for name in Forecasts._fields)
    )


def count_fallbacks(part: str, folder: Path) -> int:
    """How many series of a part have another method's forecasts."""
    return len(files.read_json(folder / FALLBACKS)[part])
