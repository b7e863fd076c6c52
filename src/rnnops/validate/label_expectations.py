"""What must hold of the labels before anything is trained on them."""

import math
import unicodedata

import great_expectations.expectations as gxe
import pandas as pd
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.expectations.row_conditions import Column

from rnnops.catalog.dataset import ExpectLabels, Fractions, LabelledDataset, MailRead
from rnnops.core import layout
from rnnops.core.label_names import list_counts, list_labels, quote_label
from rnnops.validate.validation_report import MESSAGES


def declared_labels(dataset: LabelledDataset) -> list[str]:
    """The labels that the catalog entry names; empty when the data's own labels are taken."""
    read = dataset.read
    named = read.folders if isinstance(read, MailRead) else getattr(read, "labels", None) or {}
    return list(dict.fromkeys(named.values()))


def label_expectations(
    labels: pd.Series, dataset: LabelledDataset, fractions: Fractions, of: str = MESSAGES
) -> list[Expectation]:
    """Labels are given, among the declared ones, at least two, and each has its share.

    A label of which the smallest split would hold too few, and labels that differ in capitals or
    white space alone, are warnings.

    Without a declaration the labels found must have their share: that shows a label written in two
    ways. So many labels that they cannot all have it are one failure, not one for each.

    Args:
        of: what has the labels, in the plural.
    """
    declared, min_share = declared_labels(dataset), dataset.expect.min_label_share
    found = labels.value_counts().index.tolist()
    most = int(1 / min_share + 1e-9) if min_share and not declared else None
    expectations = [
        gxe.ExpectColumnValuesToNotBeNull(
            column="label", description=f"a label for every {of[:-1]}"
        ),
        gxe.ExpectColumnUniqueValueCountToBeBetween(
            column="label",
            min_value=2,
            max_value=most and max(2, most),
            description="at least 2 labels" + (f", at most {most:,}" if most else ""),
            meta={"key": "expect.min_label_share"} if most and len(found) > most else None,
        ),
    ]
    if declared:
        expectations.append(
            gxe.ExpectColumnValuesToBeInSet(
                column="label",
                value_set=declared,
                description=f"labels among {list_labels(declared)}",
            )
        )
    demanded = declared or (found if most and len(found) <= most else [])
    at_least = _share_of(labels, min_share)
    return [
        *expectations,
        *(
            gxe.ExpectTableRowCountToBeBetween(
                row_condition=Column("label") == label,
                min_value=at_least,
                description=f"label {quote_label(label)} on at least {100 * min_share:g}% of the "
                f"{of} ({at_least:,})",
                meta={"label": label, "key": "expect.min_label_share"},
            )
            for label in demanded
        ),
        *_enough_for_each_split(labels, dataset.expect, fractions, of),
        _one_spelling(labels, dataset),
    ]


def add_label_measures(messages: pd.DataFrame, expect: ExpectLabels) -> pd.DataFrame:
    """`messages` with, of each one's label, how many have it and in how many spellings it is.

    How many have it is null for a label without its share.
    """
    labels = messages["label"]
    counts = labels.map(labels.value_counts())
    has_its_share = counts >= _share_of(labels, expect.min_label_share)
    spellings = labels.groupby(_spelt_alike(labels)).transform("nunique")
    return messages.assign(label_messages=counts.where(has_its_share), label_spellings=spellings)


def _share_of(labels: pd.Series, share: float) -> int:
    return max(1, math.ceil(round(share * len(labels), 6)))


def _enough_for_each_split(
    labels: pd.Series, expect: ExpectLabels, fractions: Fractions, of: str
) -> list[Expectation]:
    """Of the labels that have their share; the others are a failure of its own."""
    split = min(reversed(layout.SPLIT_NAMES), key=lambda name: getattr(fractions, name))
    share = getattr(fractions, split)
    needed = math.ceil(round(expect.min_label_in_split / share, 6))
    counts = labels.value_counts(ascending=True)
    counts = counts[counts >= _share_of(labels, expect.min_label_share)]
    if counts.empty:
        return []
    enough = gxe.ExpectColumnMinToBeBetween(
        column="label_messages",
        min_value=needed,
        severity=FailureSeverity.WARNING,
        description=f"at least {needed:,} {of} of each label, about "
        f"{expect.min_label_in_split:,} of them in the {split} split ({100 * share:g}%)",
        meta={
            "key": "expect.min_label_in_split",
            "detail": _list_series(counts[counts < needed]),
        },
    )
    return [enough]


def _one_spelling(labels: pd.Series, dataset: LabelledDataset) -> Expectation:
    counts = labels.value_counts()
    spelt = _spelt_alike(counts.index.to_series())
    alike = spelt[spelt.duplicated(keep=False)].sort_values(kind="stable").index
    names = "folders" if isinstance(dataset.read, MailRead) else "labels"
    return gxe.ExpectColumnMaxToBeBetween(
        column="label_spellings",
        max_value=1,
        severity=FailureSeverity.WARNING,
        description="one spelling of each label, whatever its capitals and white space",
        meta={"key": f"read.{names}", "detail": _list_series(counts[alike])},
    )


def _list_series(counts: pd.Series) -> str:
    return list_counts({str(label): int(count) for label, count in counts.items()})


def _spelt_alike(labels: pd.Series) -> pd.Series:
    return labels.map(
        lambda label: " ".join(unicodedata.normalize("NFKC", label).casefold().split()),
        na_action="ignore",
    )
