"""What must hold of the messages before anything is trained on them, checked by Great Expectations.

The suites follow from a dataset's entry in the catalog: its labels and its `expect` section. A
critical failure stops the pipeline; a warning is only reported.
"""

from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from rnnops.catalog.dataset import Dataset, Expect, Fractions
from rnnops.core.label_names import quote_label
from rnnops.validate.ingest_expectations import few_quarantined
from rnnops.validate.label_expectations import add_label_measures, label_expectations

TEXT_COLUMNS = ("id", "text", "label", "source")
COLUMNS = (*TEXT_COLUMNS, "received_at")
CONFLICTS_SHOWN = 4


def message_expectations(
    messages: pd.DataFrame, dataset: Dataset, fractions: Fractions, added: int = 0
) -> list[Expectation]:
    """What `dataset` declares, for the columns that are there and the labels that are found.

    Args:
        added: how many of the messages were added to the dataset's own, which the numbers of rows
            that it declares are about.
    """
    expect = dataset.expect
    too_many = len(messages) - added > expect.max_rows
    expectations = [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=expect.min_rows + added,
            max_value=expect.max_rows + added,
            description=f"{_range(expect.min_rows, expect.max_rows)} messages"
            + f" and {added:,} added" * bool(added),
            meta={"key": f"expect.{'max_rows' if too_many else 'min_rows'}"},
        ),
        *(_column(column, column in messages) for column in COLUMNS),
    ]
    if "id" in messages:
        expectations += [
            _not_null("id", "an id for every message"),
            gxe.ExpectColumnValuesToBeUnique(column="id", description="unique ids"),
        ]
    if "text" in messages:
        expectations += text_expectations(expect)
    if "label" in messages:
        expectations += label_expectations(messages["label"], dataset, fractions)
    if "source" in messages:
        expectations.append(
            _not_null("source", "a source for every message", FailureSeverity.WARNING)
        )
    return expectations


def text_expectations(expect: Expect, row: str = "message") -> list[Expectation]:
    """What must hold of the texts alone, labelled or not.

    Args:
        row: what has a text, in the singular.
    """
    return [
        _not_null("text", f"a text for every {row}"),
        gxe.ExpectColumnValuesToBeBetween(
            column="characters",
            min_value=expect.min_characters,
            max_value=expect.max_characters,
            description=f"texts of {_range(expect.min_characters, expect.max_characters)} "
            "characters without surrounding white space",
            meta={"key": "expect.min_characters and max_characters"},
        ),
    ]


def ingest_expectations(expect: Expect, ingest: dict[str, Any]) -> list[Expectation]:
    """What must hold of the account that ingest gave of itself: one row."""
    return [
        *_conflict_expectations(expect, ingest["conflicting_labels"]),
        few_quarantined(expect.max_quarantined_share, ingest["reasons"]),
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
            description="no row with the text of a row with another label",
            severity=(
                FailureSeverity.CRITICAL
                if expect.conflicting_labels == "fail"
                else FailureSeverity.WARNING
            ),
            meta={"key": "expect.conflicting_labels", "detail": ", ".join(places)},
        )
    ]


def _place(row: dict[str, Any]) -> str:
    number = "" if row["row"] is None else f" row {row['row']}"
    return f"{row['file']}{number} {quote_label(row['label'])}"


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
    measured = messages
    if "label" in messages:
        measured = add_label_measures(measured, dataset.expect)
    if "text" in messages:
        measured = _add_characters(measured)
    expected = message_expectations(messages, dataset, fractions, ingest["added"])
    return run_suites(
        [
            ("messages", measured, expected),
            ("ingest", account, ingest_expectations(dataset.expect, ingest)),
        ]
    )


def validate_documents(
    documents: pd.DataFrame, ingest: dict[str, Any], expect: Expect
) -> list[ExpectationSuiteValidationResult]:
    """Great Expectations' results for documents whose labels are not learnt, and for ingest.

    Arguments as for `validate`.
    """
    expectations = [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=expect.min_rows,
            max_value=expect.max_rows,
            description=f"{_range(expect.min_rows, expect.max_rows)} documents",
            meta={"key": "expect.min_rows and max_rows"},
        ),
        _not_null("id", "an id for every document"),
        gxe.ExpectColumnValuesToBeUnique(column="id", description="unique ids"),
        *text_expectations(expect, "document"),
        _not_null("label", "a label or a folder's name for every document"),
    ]
    account = pd.DataFrame({"quarantined_share": [ingest["quarantined"] / max(1, ingest["read"])]})
    return run_suites(
        [
            ("documents", _add_characters(documents), expectations),
            ("ingest", account, [few_quarantined(expect.max_quarantined_share, ingest["reasons"])]),
        ]
    )


def validate_texts(messages: pd.DataFrame, expect: Expect) -> ExpectationSuiteValidationResult:
    """Great Expectations' results for messages without labels: columns id and text."""
    (results,) = run_suites([("messages", _add_characters(messages), text_expectations(expect))])
    return results


def _add_characters(messages: pd.DataFrame) -> pd.DataFrame:
    characters = messages["text"].astype("str").str.strip().str.len().astype("Int64")
    return messages.assign(characters=characters)


def run_suites(
    suites: list[tuple[str, pd.DataFrame, list[Expectation]]],
) -> list[ExpectationSuiteValidationResult]:
    """The results of each suite, a name, its frame and its expectations, in their order."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    source = context.data_sources.add_pandas("rnnops")
    results = []
    for name, frame, expectations in suites:
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
        return gxe.ExpectColumnToExist(column=column, description=f"a column {column!r}")
    description = f"a column {column!r} that holds text"
    if not there:
        return gxe.ExpectColumnToExist(column=column, description=description)
    return gxe.ExpectColumnValuesToBeOfType(column=column, type_="str", description=description)


def _not_null(
    column: str, description: str, severity: FailureSeverity = FailureSeverity.CRITICAL
) -> Expectation:
    return gxe.ExpectColumnValuesToNotBeNull(
        column=column, description=description, severity=severity
    )


def _range(least: int, most: int) -> str:
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"
