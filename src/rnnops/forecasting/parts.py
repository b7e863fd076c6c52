"""The parts of each series in time: training, then validation, then test, a horizon each.

Each part is a file, so that a stage sees no value after an origin whose file it does not read.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from rnnops.core import files, layout
from rnnops.forecasting.series import Series, by_frequency, from_frame, to_frame


def divide(series: Sequence[Series]) -> dict[str, pd.DataFrame]:
    """The parts by their name: columns `id`, `cluster` (the series) and those of `to_frame`."""
    frame = to_frame(series)
    left = frame.groupby("series", sort=False).cumcount(ascending=False)
    frame.insert(0, "id", frame["series"] + " " + frame["period"])
    frame.insert(1, "cluster", frame["series"])
    is_test = left < frame["horizon"]
    is_validation = ~is_test & (left < 2 * frame["horizon"])
    masks = (~is_test & ~is_validation, is_validation, is_test)
    return {
        name: frame[mask].reset_index(drop=True)
        for name, mask in zip(layout.SPLIT_NAMES, masks, strict=True)
    }


def read_parts(*names: str) -> list[Series]:
    """The series as they are in those parts, which follow one another from training on."""
    return from_frame(pd.concat([files.read_parquet(layout.split_file(name)) for name in names]))


def describe_parts(series: Sequence[Series], parts: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """What reports/split.json says.

    `values_after_an_origin`: how many of the values that are learnt from lie at or after the origin
    that forecasts are measured from, found again from the parts as they are written.
    """
    place = {
        f"{each.name} {period}": number
        for each in series
        for number, period in enumerate(each.periods)
    }
    learnt_from = {
        layout.VALIDATION: [layout.TRAIN],
        layout.TEST: [layout.TRAIN, layout.VALIDATION],
    }
    after = {}
    for measured, learnt in learnt_from.items():
        places = parts[measured]["id"].map(place)
        origins = places.groupby(parts[measured]["series"]).min()
        seen = pd.concat([parts[name] for name in learnt])
        after[measured] = int((seen["id"].map(place) >= seen["series"].map(origins)).sum())
    return {
        "method": "time",
        "series": len(series),
        "values": {name: len(rows) for name, rows in parts.items()},
        "by_frequency": {
            name: {
                "series": len(group),
                "season": sorted({each.season for each in group}),
                "horizon": sorted({each.horizon for each in group}),
                "values": sum(map(len, group)),
            }
            for name, group in by_frequency(series).items()
        },
        "values_after_an_origin": after,
    }
