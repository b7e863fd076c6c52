"""What must hold of sequences before anything is fitted to them, checked by Great Expectations."""

from typing import Any

import great_expectations.expectations as gxe
import numpy as np
import pandas as pd
from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from rnnops.catalog.dataset import Fractions
from rnnops.core.label_names import quote_label
from rnnops.sequences.datasets import ExpectSequences, SequenceDataset
from rnnops.sequences.sequences import Sequences
from rnnops.validate.expectations import run_suites
from rnnops.validate.ingest_expectations import few_interpolated, few_quarantined
from rnnops.validate.label_expectations import add_label_measures, label_expectations

OF = "sequences"


def validate_sequences(
    sequences: Sequences, ingest: dict[str, Any], dataset: SequenceDataset, fractions: Fractions
) -> list[ExpectationSuiteValidationResult]:
    """Great Expectations' results for the sequences, for their channels and the account of ingest.

    Args:
        ingest: reports/ingest.json.
        dataset: the catalog entry.
        fractions: of the splits to come.
    """
    labels = pd.DataFrame({"label": pd.array(sequences.labels, dtype="str")})
    described = add_label_measures(labels, dataset.expect).assign(
        id=sequences.ids,
        steps=sequences.steps,
        is_finite=sequences.are_finite.astype(int),
    )
    stacked = np.concatenate(sequences.values)
    channels = pd.DataFrame({"id": sequences.channels, "spread": np.ptp(stacked, axis=0)})
    account = pd.DataFrame(
        {
            "quarantined_share": [ingest["quarantined"] / max(1, ingest["read"])],
            "filled_share": [ingest["filled"] / max(1, ingest["values"])],
        }
    )
    of_labels = label_expectations(labels["label"], dataset, fractions, OF)
    if dataset.positive is not None:
        of_labels += _of_positive(dataset.positive)
    of_ingest = [
        few_quarantined(dataset.expect.max_quarantined_share, ingest["reasons"], OF),
        few_interpolated(dataset.expect.max_filled_share),
    ]
    return run_suites(
        [
            (OF, described, [*_of_sequences(dataset.expect), *of_labels]),
            ("channels", channels, [_changing(channels)]),
            ("ingest", account, of_ingest),
        ]
    )


def _of_sequences(expect: ExpectSequences) -> list[Expectation]:
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=expect.min_sequences,
            max_value=expect.max_sequences,
            description=f"{expect.min_sequences:,} to {expect.max_sequences:,} sequences",
            meta={"key": "expect.min_sequences and max_sequences"},
        ),
        gxe.ExpectColumnValuesToBeUnique(column="id", description="unique names"),
        gxe.ExpectColumnValuesToBeBetween(
            column="steps",
            min_value=expect.min_steps,
            max_value=expect.max_steps,
            description=f"{expect.min_steps:,} to {expect.max_steps:,} steps",
            meta={"key": "expect.min_steps and max_steps"},
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="is_finite", value_set=[1], description="finite values"
        ),
    ]


def _of_positive(positive: str) -> list[Expectation]:
    return [
        gxe.ExpectColumnDistinctValuesToContainSet(
            column="label",
            value_set=[positive],
            description=f"a label {quote_label(positive)}, the positive one",
            meta={"key": "positive"},
        ),
        gxe.ExpectColumnUniqueValueCountToBeBetween(
            column="label",
            max_value=2,
            description="one label beside the positive one",
            meta={"key": "positive"},
        ),
    ]


def _changing(channels: pd.DataFrame) -> Expectation:
    constant = channels.loc[channels["spread"] == 0, "id"].tolist()
    return gxe.ExpectColumnMinToBeBetween(
        column="spread",
        min_value=0,
        strict_min=True,
        severity=FailureSeverity.WARNING,
        description="no constant channel: it says nothing",
        meta={"detail": ", ".join(constant)},
    )
