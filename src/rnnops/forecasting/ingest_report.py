"""What reports/ingest.json says of series."""

from typing import Any

from rnnops.forecasting.long_table import LongTable
from rnnops.forecasting.series import by_frequency


def summarise_series(found: LongTable, name: str) -> dict[str, Any]:
    """The counts of what a dataset holds: its series, and the rows that are in none.

    `filled` are periods that the source lacks, interpolated; `constant` names series that never
    change.
    """
    values = sum(map(len, found.series))
    reasons = found.rejected["reason"].str.replace(r"\d+", "…", regex=True).value_counts()
    read = values - len(found.filled)
    return {
        "dataset": name,
        "read": read + len(found.rejected),
        "kept": values,
        "quarantined": len(found.rejected),
        "reasons": {str(reason): int(count) for reason, count in sorted(reasons.items())},
        "series": len(found.series),
        "frequencies": {
            frequency: len(group) for frequency, group in by_frequency(found.series).items()
        },
        "filled": len(found.filled),
        "constant": found.constant,
    }
