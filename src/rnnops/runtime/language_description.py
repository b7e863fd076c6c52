"""What a saved language model says of itself: its format."""

from pathlib import Path

from rnnops.core import files
from rnnops.core.errors import InputError

# How a saved model's files become probabilities: whatever changes that needs the next number.
FORMAT = 1
DESCRIPTION = "language_model.json"


def is_language_model(folder: Path) -> bool:
    """Whether `folder` holds a language model of this format."""
    try:
        return bool(files.read_json(folder / DESCRIPTION)["format"] == FORMAT)
    except (InputError, OSError, ValueError, KeyError, TypeError):
        return False
