"""What must hold of series before anything is fitted to them, checked by Great Expectations."""

from typing import Any

import great_expectations.expectations as gxe
import pandas as pd
from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from rnnops.validate.expectations import run_suites
from rnnops.validate.ingest_expectations import few_interpolated, few_quarantined

FIRST = 5  # names that a message has
LARGEST = 1e300


def validate_series(
    values: pd.DataFrame, least: pd.Series, ingest: dict[str, Any], expect: dict[str, Any]
) -> list[ExpectationSuiteValidationResult]:
    """Great Expectations' results for the values, for the series and for the account of ingest.

    Args:
        values: columns id, series, period, value and those that describe a series.
        least: how many values each series needs, by its name.
        ingest: reports/ingest.json.
        expect: the entry's section `expect`.
    """
    of_series = values.groupby("series", sort=False)["value"]
    described = pd.DataFrame({"length": of_series.size(), "different": of_series.nunique()})
    described["spare"] = described["length"] - least
    described["is_changing"] = (described["different"] > 1).astype(int)
    described = described.rename_axis("id").reset_index()
    constant = described.loc[described["is_changing"] == 0, "id"].tolist()
    read, kept = max(1, ingest["read"]), max(1, len(values))
    account = pd.DataFrame(
        {
            "quarantined_share": [ingest["quarantined"] / read],
            "filled_share": [ingest["filled"] / kept],
        }
    )
    of_ingest = [
        few_quarantined(expect["max_quarantined_share"], ingest["reasons"]),
        few_interpolated(expect["max_filled_share"]),
    ]
    return run_suites(
        [
            ("values", values, _of_values()),
            ("series", described, _of_series(expect, constant)),
            ("ingest", account, of_ingest),
        ]
    )


def _of_values() -> list[Expectation]:
    return [
        *(
            gxe.ExpectColumnValuesToNotBeNull(column=column, description=f"a {column} in each row")
            for column in ("series", "period", "value")
        ),
        gxe.ExpectColumnValuesToBeUnique(
            column="id", description="one value for each period of a series"
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="value", min_value=-LARGEST, max_value=LARGEST, description="finite values"
        ),
        gxe.ExpectColumnMinToBeBetween(column="horizon", min_value=1, description="a horizon"),
    ]


def _of_series(expect: dict[str, Any], constant: list[str]) -> list[Expectation]:
    few, many = expect["min_series"], expect["max_series"]
    listed = ", ".join(constant[:FIRST]) + ", …" * (len(constant) > FIRST)
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=few,
            max_value=many,
            description=f"{few:,} to {many:,} series",
            meta={"key": "expect.min_series and max_series"},
        ),
        gxe.ExpectColumnMinToBeBetween(
            column="spare",
            min_value=0,
            description="series long enough to learn from, to validate and to test on",
        ),
        gxe.ExpectColumnMaxToBeBetween(
            column="is_changing", min_value=1, description="a series that is not constant"
        ),
        gxe.ExpectColumnMinToBeBetween(
            column="is_changing",
            min_value=1,
            severity=FailureSeverity.WARNING,
            description="no constant series: it has no MASE, and any method forecasts it",
            meta={"detail": listed},
        ),
    ]
