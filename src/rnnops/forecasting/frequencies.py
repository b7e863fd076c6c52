"""How often values come: the season's length and how far to forecast, by frequency.

Seasons and horizons are those of the M3 and M4 competitions (Makridakis and Hibon 2000; Makridakis,
Spiliotis and Assimakopoulos 2020), but for the season of daily values, which M4 takes as 1: a week
is what people who bring daily values mean.
"""

from typing import Literal, NamedTuple

from rnnops.core.errors import InputError
from rnnops.core.suggestions import suggest

FrequencyName = Literal["yearly", "quarterly", "monthly", "weekly", "daily", "hourly", "other"]


class Frequency(NamedTuple):
    """`season`: periods after which a pattern comes again, 1 for none; `horizon`: periods ahead."""

    name: str
    season: int
    horizon: int


FREQUENCIES = {
    frequency.name: frequency
    for frequency in (
        Frequency("yearly", 1, 6),
        Frequency("quarterly", 4, 8),
        Frequency("monthly", 12, 18),
        Frequency("weekly", 1, 13),
        Frequency("daily", 7, 14),
        Frequency("hourly", 24, 48),
        Frequency("other", 1, 8),
    )
}


def frequency_named(name: str) -> Frequency:
    """The frequency of that name; raises `InputError` for one that is unknown."""
    if name not in FREQUENCIES:
        raise InputError(
            f"frequency is {name}: it can be {', '.join(FREQUENCIES)}{suggest(name, FREQUENCIES)}"
        )
    return FREQUENCIES[name]
