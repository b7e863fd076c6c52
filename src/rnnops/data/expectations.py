"""What must hold of the messages before anything is trained on them, checked by Great Expectations.

The suites follow from a dataset's entry in the catalog: its labels and its `expect` section. A
critical failure stops the pipeline; a warning is only reported.
"""

import math
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column

from rnnops.catalog import Dataset, Expect, MailRead
from rnnops.sections import Fractions

TEXT_COLUMNS = ("id", "text", "label", "source")
COLUMNS = (*TEXT_COLUMNS, "received_at")
CONFLICTS_SHOWN = 4


def declared_labels(dataset: Dataset) -> list[str]:
    """The labels that the catalog entry names; empty when the data's own labels are taken."""
    read = dataset.read
    named = read.folders if isinstance(read, MailRead) else read.labels or {}
    return list(dict.fromkeys(named.values()))


def message_expectations(
    messages: pd.DataFrame, dataset: Dataset, fractions: Fractions
) -> list[Expectation]:
    """What `dataset` declares, for the columns that are there and the labels that are found."""
    expect = dataset.expect
    too_many = len(messages) > expect.max_rows
    expectations = [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=expect.min_rows,
            max_value=expect.max_rows,
            description=f"there are {_range(expect.min_rows, expect.max_rows)} messages",
            meta={"key": "max_rows" if too_many else "min_rows"},
        ),
        *(_column(column, column in messages) for column in COLUMNS),
    ]
    if "id" in messages:
        expectations += [
            _not_null("id", "every message has an id"),
            gxe.ExpectColumnValuesToBeUnique(column="id", description="ids are unique"),
        ]
    if "text" in messages:
        expectations += [
            _not_null("text", "every message has a text"),
            gxe.ExpectColumnValuesToBeBetween(
                column="characters",
                min_value=expect.min_characters,
                max_value=expect.max_characters,
                description="texts, white space around them aside, have "
                f"{_range(expect.min_characters, expect.max_characters)} characters",
                meta={"key": "min_characters and max_characters"},
            ),
        ]
    if "label" in messages:
        expectations += label_expectations(messages["label"], dataset, fractions)
    if "source" in messages:
        expectations.append(_not_null("source", "every message names its source", "warning"))
    return expectations


def label_expectations(
    labels: pd.Series, dataset: Dataset, fractions: Fractions
) -> list[Expectation]:
    """Labels are given, among the declared ones, at least two, and each has its share.

    A label of which the smallest split would hold too few is a warning.

    Without a declaration the labels found must have their share: that shows a label written in two
    ways. So many labels that they cannot all have it are one failure, not one for each.
    """
    declared, min_share = declared_labels(dataset), dataset.expect.min_label_share
    found = labels.value_counts().index.tolist()
    most = int(1 / min_share + 1e-9) if min_share and not declared else None
    expectations = [
        _not_null("label", "every message has a label"),
        gxe.ExpectColumnUniqueValueCountToBeBetween(
            column="label",
            min_value=2,
            max_value=most and max(2, most),
            description="there are at least 2 labels" + (f", at most {most:,}" if most else ""),
            meta={"key": "min_label_share"} if most and len(found) > most else None,
        ),
    ]
    if declared:
        expectations.append(
            gxe.ExpectColumnValuesToBeInSet(
                column="label",
                value_set=declared,
                description=f"labels are among {', '.join(map(repr, declared))}",
            )
        )
    demanded = declared or (found if most and len(found) <= most else [])
    at_least = max(1, math.ceil(round(min_share * len(labels), 6)))
    expectations += [
        gxe.ExpectTableRowCountToBeBetween(
            row_condition=Column("label") == label,
            min_value=at_least,
            description=f"label {label!r} is on at least {_percent(min_share)} of the messages "
            f"(here {at_least:,})",
            meta={"label": label, "key": "min_label_share"},
        )
        for label in demanded
    ]
    least = dataset.expect.min_label_in_split
    counts = labels.value_counts()
    has_its_share = [label for label in demanded if counts.get(label, 0) >= at_least]
    return expectations + [_enough_for_a_split(each, least, fractions) for each in has_its_share]


def ingest_expectations(expect: Expect, ingest: dict[str, Any]) -> list[Expectation]:
    """What must hold of the account that ingest gave of itself: one row."""
    return [
        *_conflict_expectations(expect, ingest["conflicting_labels"]),
        gxe.ExpectColumnMaxToBeBetween(
            column="quarantined_share",
            max_value=expect.max_quarantined_share,
            description=f"at most {_percent(expect.max_quarantined_share)} of the rows read are "
            "quarantined",
            meta={"key": "max_quarantined_share"},
        ),
    ]


def _conflict_expectations(expect: Expect, conflicts: dict[str, Any]) -> list[Expectation]:
    if expect.conflicting_labels == "quarantine":
        return []
    places = [_place(each) for each in conflicts["first"][:CONFLICTS_SHOWN]]
    if conflicts["rows"] > len(places):
        places.append("…")
    return [
        gxe.ExpectColumnMaxToBeBetween(
            column="conflicting_rows",
            max_value=0,
            description="no row has the text of a row with another label"
            + (f" (here {', '.join(places)})" if places else ""),
            severity="critical" if expect.conflicting_labels == "fail" else "warning",
            meta={"key": "conflicting_labels"},
        )
    ]


def _place(row: dict[str, Any]) -> str:
    number = "" if row["row"] is None else f" row {row['row']}"
    return f"{row['file']}{number} {row['label']!r}"


def validate(
    messages: pd.DataFrame, ingest: dict[str, Any], dataset: Dataset, fractions: Fractions
) -> list[ExpectationSuiteValidationResult]:
    """Great Expectations' results for the messages and for the account of ingest.

    Args:
        messages: as ingest writes them; text is trimmed before its characters are counted.
        ingest: reports/ingest.json.
        dataset: the catalog entry.
        fractions: of the splits to come.
    """
    account = pd.DataFrame(
        {
            "quarantined_share": [ingest["quarantined"] / max(1, ingest["read"])],
            "conflicting_rows": [ingest["conflicting_labels"]["rows"]],
        }
    )
    if "text" in messages:
        characters = messages["text"].astype("str").str.strip().str.len().astype("Int64")
        measured = messages.assign(characters=characters)
    else:
        measured = messages
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("rnnops")
    results = []
    for name, frame, expectations in (
        ("messages", measured, message_expectations(messages, dataset, fractions)),
        ("ingest", account, ingest_expectations(dataset.expect, ingest)),
    ):
        batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe(name)
        suite = context.suites.add(gx.ExpectationSuite(name, expectations=expectations))
        definition = gx.ValidationDefinition(name=name, data=batch, suite=suite)
        detail = {"result_format": "COMPLETE", "return_unexpected_index_query": False}
        if "id" in frame:
            detail["unexpected_index_column_names"] = ["id"]
        results.append(
            context.validation_definitions.add(definition).run(
                batch_parameters={"dataframe": frame}, result_format=detail
            )
        )
    return results


def _column(column: str, there: bool) -> Expectation:
    """Great Expectations cannot tell the type of a column that is not there."""
    if column not in TEXT_COLUMNS:
        return gxe.ExpectColumnToExist(column=column, description=f"there is a column {column!r}")
    description = f"there is a column {column!r} that holds text"
    if not there:
        return gxe.ExpectColumnToExist(column=column, description=description)
    return gxe.ExpectColumnValuesToBeOfType(column=column, type_="str", description=description)


def _not_null(column: str, description: str, severity: str = "critical") -> Expectation:
    return gxe.ExpectColumnValuesToNotBeNull(
        column=column, description=description, severity=severity
    )


def _enough_for_a_split(label: str, least: int, fractions: Fractions) -> Expectation:
    split = min(("test", "validation", "train"), key=lambda name: getattr(fractions, name))
    share = getattr(fractions, split)
    needed = math.ceil(round(least / share, 6))
    return gxe.ExpectTableRowCountToBeBetween(
        row_condition=Column("label") == label,
        min_value=needed,
        severity="warning",
        description=f"label {label!r} is on at least {needed:,} messages, so that the {split} "
        f"split ({_percent(share)}) holds about {least:,} of it; with fewer the gate cannot judge: "
        f"add messages, or raise split.{split}",
        meta={"key": "min_label_in_split"},
    )


def _range(least: int, most: int) -> str:
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def _percent(share: float) -> str:
    return f"{100 * share:g}%"
