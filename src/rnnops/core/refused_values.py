"""Restoring params.yaml after `dvc exp run -S` has written a refused value into it."""

from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from rnnops.core import files
from rnnops.core.checkout import experiment_name
from rnnops.core.git import committed_text


def restore_committed_values(path: str, keys: Sequence[tuple[str | int, ...]]) -> str | None:
    """Restore the values at `keys` in the YAML file at `path` from the last commit.

    Outside of a DVC experiment nothing changes: there the value is the user's own edit. Sections
    that the last commit lacks, such as a new dataset's entry, stay; a single unknown value is
    removed.

    Returns:
        What was changed, with the values before and after; None if nothing was.
    """
    if experiment_name() is None:
        return None
    text = committed_text("HEAD", path)
    if text is None:
        return None
    yaml = YAML()
    yaml.preserve_quotes = True
    committed, present = yaml.load(text), yaml.load(Path(path))
    changes = [change for key in keys for change in _restore(committed, present, key)]
    if not changes:
        return None
    if present != committed:
        buffer = StringIO()
        yaml.dump(present, buffer)
        text = buffer.getvalue()
    files.write_text(text, path)
    return f"put back in {path}: {', '.join(changes)}"


def _restore(committed: Any, present: Any, key: tuple[str | int, ...]) -> list[str]:
    """Copy the value at `key` from `committed` to `present`; what changed, a line a value."""
    *parents, last = key
    for part in parents:
        if not all(isinstance(each, dict) and part in each for each in (committed, present)):
            return []
        committed, present = committed[part], present[part]
    if not isinstance(committed, dict) or not isinstance(present, dict) or last not in present:
        return []
    refused, name = present[last], ".".join(map(str, key))
    if last in committed:
        changes = _differences(refused, committed[last], name)
        present[last] = committed[last]
        return changes
    if isinstance(refused, dict | list):
        return []
    del present[last]
    return [f"{name} {refused} → none"]


def _differences(before: Any, after: Any, name: str) -> list[str]:
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return [] if before == after else [f"{name} {before} → {after}"]
    return [
        difference
        for key in dict.fromkeys([*before, *after])
        for difference in _differences(
            before.get(key, "none"), after.get(key, "none"), f"{name}.{key}"
        )
    ]
