"""What a saved text classifier says of itself: its format, and what it decides by."""

from pathlib import Path
from typing import Any

from rnnops.core import files, layout
from rnnops.core.errors import InputError

# How a saved classifier's files become probabilities. Whatever changes that, in the files or in the
# code that reads text, needs the next number (tests/runtime/test_format.py).
FORMAT = 1
DESCRIPTION, FEATURIZER = "classifier.json", "featurizer"


def write_description(positive: str | None, threshold: float | None, folder: Path) -> None:
    """Write the description of a classifier of this format into `folder`."""
    described = {"format": FORMAT, "positive": positive, "threshold": threshold}
    files.write_json(described, folder / DESCRIPTION)


def is_readable(folder: Path) -> bool:
    """Whether `folder` holds a classifier of this format."""
    return _read_format(folder) == FORMAT


def require_readable(folder: Path) -> None:
    """Raise `InputError` unless `folder` holds a classifier of this format."""
    found = _read_format(folder)
    if found is None:
        raise InputError(
            f"{folder} holds no classifier that this rnnops reads ({DESCRIPTION} is missing or "
            "damaged): `dvc repro` publishes one; `rnnops predict` also takes what an older rnnops "
            "has published"
        )
    if found != FORMAT:
        raise InputError(
            f"the classifier in {folder} has format {found}, but this rnnops reads {FORMAT}: use "
            "the rnnops that published it, or run `dvc repro` to publish it anew"
        )


def read_decision_rule(folder: Path) -> dict[str, Any]:
    """The `labels` of the classifier in `folder`, whatever its format, its `positive` one and
    `threshold`."""
    described = files.read_json(folder / DESCRIPTION)
    featurizer = files.read_json(folder / FEATURIZER / Path(layout.FEATURIZER_DESCRIPTION).name)
    rule = {key: described[key] for key in ("positive", "threshold")}
    return {"labels": featurizer["labels"], **rule}


def _read_format(folder: Path) -> int | None:
    try:
        return int(files.read_json(folder / DESCRIPTION)["format"])
    except (InputError, OSError, ValueError, KeyError, TypeError):
        return None
