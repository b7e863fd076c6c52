"""What a saved forecaster says of itself: its format, and the series that it forecasts."""

from pathlib import Path
from typing import Any

from rnnops.core import files
from rnnops.core.errors import InputError

# How a saved forecaster's files become forecasts: whatever changes that needs the next number.
FORMAT = 1
DESCRIPTION = "forecaster.json"


def write_description(frequencies: dict[str, dict[str, int]], folder: Path) -> None:
    """Write the description into `folder`: season and horizon by frequency."""
    files.write_json({"format": FORMAT, "frequencies": frequencies}, folder / DESCRIPTION)


def read_frequencies(folder: Path) -> dict[str, dict[str, int]]:
    """Season and horizon of each frequency that the forecaster in `folder` knows."""
    found: dict[str, dict[str, int]] = files.read_json(folder / DESCRIPTION)["frequencies"]
    return found


def is_forecaster(folder: Path) -> bool:
    """Whether `folder` holds a forecaster of this format."""
    try:
        described: dict[str, Any] = files.read_json(folder / DESCRIPTION)
        return bool(described["format"] == FORMAT)
    except (InputError, OSError, ValueError, KeyError, TypeError):
        return False
