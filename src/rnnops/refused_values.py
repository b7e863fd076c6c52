"""Taking a refused value out of params.yaml again, where `dvc exp run -S` has written it."""

import os
import subprocess
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from rnnops import files

EXPERIMENT_VARIABLE = "DVC_EXP_NAME"  # set by `dvc exp run` for its stages


def restore_committed_values(path: str, keys: Sequence[tuple[str | int, ...]]) -> str | None:
    """Give the values at `keys` in the YAML file at `path` what the last commit has there.

    Outside of a DVC experiment nothing is changed: there the value is the user's own edit.

    Returns:
        A sentence about what was restored; None if nothing was.
    """
    if EXPERIMENT_VARIABLE not in os.environ:
        return None
    shown = subprocess.run(["git", "show", f"HEAD:./{path}"], capture_output=True, encoding="utf-8")
    if shown.returncode:
        return None
    yaml = YAML()
    yaml.preserve_quotes = True
    committed, present = yaml.load(shown.stdout), yaml.load(Path(path))
    for key in keys:
        _copy_value(committed, present, key)
    text = shown.stdout
    if present != committed:
        buffer = StringIO()
        yaml.dump(present, buffer)
        text = buffer.getvalue()
    files.write_text(text, path)
    names = ", ".join(".".join(map(str, key)) for key in keys)
    return f"{path} has the committed value of {names} again"


def _copy_value(source: Any, target: Any, key: tuple[str | int, ...]) -> None:
    """Make `target` hold at `key` what `source` holds there, or nothing if that has nothing."""
    for position, part in enumerate(key):
        if not isinstance(source, dict) or part not in source:
            if isinstance(target, dict):
                target.pop(part, None)
            return
        is_last = position == len(key) - 1
        if is_last or not isinstance(target.get(part), dict):
            target[part] = source[part]
            return
        source, target = source[part], target[part]
