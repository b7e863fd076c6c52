"""The same text under two labels: one of them is wrong, and nobody can learn from both."""

from typing import Any

import numpy as np
import pandas as pd

from rnnops.ingest.messages import Messages, quarantine
from rnnops.ingest.rows import normalised

SHOWN = 10


def set_conflicts_aside(messages: Messages, policy: str) -> tuple[Messages, dict[str, Any]]:
    """The messages, and what reports/ingest.json says of those with conflicting labels.

    Args:
        policy: `expect.conflicting_labels` of the dataset; under "quarantine" the messages lose
            the rows.
    """
    rows = conflicting_rows(messages.kept)
    described = describe_conflicts(messages, rows)
    if policy == "quarantine":
        messages = quarantine(messages, rows, "conflicting labels")
    return messages, described


def conflicting_rows(kept: pd.DataFrame) -> np.ndarray:
    """Which messages have a text that another has under another label, shape (n,), bool.

    Texts are the same when they are equal in Unicode's form NFKC, each run of white space read as
    one space and none around them; capitals and punctuation count.
    """
    labels = kept["label"].groupby(kept["text"].map(normalised)).transform("nunique")
    return (labels > 1).to_numpy()


def describe_conflicts(messages: Messages, rows: np.ndarray) -> dict[str, Any]:
    """What reports/ingest.json says of `rows` of the kept messages: counts, and the first few.

    Rows of one text stand together.
    """
    kept = messages.kept[rows]
    texts, distinct = pd.factorize(kept["text"].map(normalised))
    found = messages.places[rows].assign(label=kept["label"])
    first = found.iloc[np.argsort(texts, kind="stable")[:SHOWN]]
    return {
        "texts": len(distinct),
        "rows": len(found),
        "first": [
            {"file": file, "row": None if pd.isna(row) else int(row), "label": label}
            for file, row, label in first.itertuples(index=False)
        ],
    }
