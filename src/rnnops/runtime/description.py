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
    described = folder / DESCRIPTION
    return described.exists() and files.read_json(described)["format"] == FORMAT


def read_decision_rule(folder: Path) -> dict[str, Any]:
    """The `labels` of the classifier in `folder`, its `positive` one and `threshold`.

    Raises:
        InputError: when there is none, or one of another format.
    """
    if not (folder / DESCRIPTION).exists():
        raise InputError(f"{folder} holds no classifier: {DESCRIPTION} is missing")
    described = files.read_json(folder / DESCRIPTION)
    if described["format"] != FORMAT:
        raise InputError(
            f"the classifier in {folder} has format {described['format']}, but this version of "
            f"rnnops reads {FORMAT}: use the rnnops that published it, or run `dvc repro` to "
            "publish it anew"
        )
    featurizer = files.read_json(folder / FEATURIZER / Path(layout.FEATURIZER_DESCRIPTION).name)
    rule = {key: described[key] for key in ("positive", "threshold")}
    return {"labels": featurizer["labels"], **rule}
