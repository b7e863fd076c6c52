"""What a saved classifier of sequences says of itself: its format, channels and decision rule."""

from pathlib import Path
from typing import Any

from rnnops.core import files
from rnnops.core.errors import InputError

# How a saved classifier's files become labels: whatever changes that needs the next number.
FORMAT = 1
DESCRIPTION = "table_classifier.json"


def write_description(described: dict[str, Any], folder: Path) -> None:
    """Write the description into `folder`: labels, channels, scaling, positive label, threshold."""
    files.write_json({"format": FORMAT, **described}, folder / DESCRIPTION)


def read_description(folder: Path) -> dict[str, Any]:
    """What `write_description` was given for the classifier in `folder`, whatever its format."""
    described: dict[str, Any] = files.read_json(folder / DESCRIPTION)
    return described


def require_readable(folder: Path) -> None:
    """Raise `InputError` unless `folder` holds a classifier of sequences of this format."""
    if not is_table_classifier(folder):
        raise InputError(
            f"{folder} holds no classifier of sequences that this rnnops reads: `make sequences` "
            "makes one"
        )


def is_table_classifier(folder: Path) -> bool:
    """Whether `folder` holds a classifier of sequences of this format."""
    try:
        return bool(files.read_json(folder / DESCRIPTION)["format"] == FORMAT)
    except (InputError, OSError, ValueError, KeyError, TypeError):
        return False
