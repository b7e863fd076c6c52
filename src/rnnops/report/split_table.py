"""The splits' sizes as a table, for the report and the model card."""

from typing import Any


def split_table(split: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """The heads (split, messages, clusters and every label) and a row for each split.

    Args:
        split: the content of reports/split.json.
    """
    labels = split_labels(split)
    rows = [
        [name, f"{part['messages']:,}", f"{part['clusters']:,}"]
        + [f"{part['labels'].get(label, 0):,}" for label in labels]
        for name, part in split["splits"].items()
    ]
    return ["split", "messages", "clusters", *labels], rows


def split_labels(split: dict[str, Any]) -> list[str]:
    """The labels of all splits, sorted."""
    return sorted({label for part in split["splits"].values() for label in part["labels"]})
