"""Cells of the tables on HTML pages."""

from dataclasses import dataclass
from typing import Any, Literal

from rnnops.core.numbers import DECIMALS, format_interval, format_number


@dataclass(frozen=True)
class Cell:
    """A text, a note in small letters below it, and what the text stands out as."""

    text: str
    note: str = ""
    mark: Literal["", "better", "ok", "bad"] = ""


def measured_cell(
    measured: dict[str, Any], decimals: int = DECIMALS, sign: str = "", *, is_better: bool = False
) -> Cell:
    """The number, as `Measured.to_json` gives it, with its interval below.

    Args:
        sign: "+" shows it for positive numbers as well.
        is_better: whether the number stands out as the better one.
    """
    value = format_number(measured["value"], sign, decimals)
    interval = format_interval(measured["low"], measured["high"], sign, decimals)
    return Cell(value, interval, "better" if is_better else "")
