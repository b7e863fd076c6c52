"""What must hold of the account that ingest gave of itself, a table of one row."""

from collections.abc import Mapping

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from rnnops.ingest.quarantine_reasons import list_reasons


def few_quarantined(most: float, reasons: Mapping[str, int], of: str = "rows") -> Expectation:
    """The column quarantined_share is at most `most`.

    Args:
        reasons: how many wait in the quarantine, by why.
        of: what is read, in the plural.
    """
    return gxe.ExpectColumnMaxToBeBetween(
        column="quarantined_share",
        max_value=most,
        description=f"at most {100 * most:g}% of the {of} read in the quarantine",
        meta={"key": "expect.max_quarantined_share", "detail": list_reasons(reasons)},
    )


def few_interpolated(most: float) -> Expectation:
    """The column filled_share should be at most `most`."""
    return gxe.ExpectColumnMaxToBeBetween(
        column="filled_share",
        max_value=most,
        severity=FailureSeverity.WARNING,
        description=f"at most {100 * most:g}% of the values interpolated",
        meta={"key": "expect.max_filled_share"},
    )
