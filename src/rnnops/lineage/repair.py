"""dvc.lock, which DVC writes in place: DVC killed at that moment leaves it empty or cut off."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from rnnops.core import files, layout
from rnnops.core.errors import InputError
from rnnops.tracking.lineage import git

LOCK = layout.LOCK


def require_whole() -> None:
    """Raise `InputError` if dvc.lock is there and is not one that DVC has finished writing."""
    if Path(LOCK).exists() and not _is_whole(files.read_text(LOCK)):
        raise InputError(
            f"{LOCK} is empty or cut off: DVC was stopped while it wrote it; `rnnops repair` "
            "restores it from git"
        )


def repair() -> str:
    """Restore a broken dvc.lock from the newest commit that has a whole one; what was done.

    Raises:
        InputError: when no commit has one.
    """
    if not Path(LOCK).exists():
        return f"there is no {LOCK}: `make repro` makes one"
    if _is_whole(files.read_text(LOCK)):
        return f"{LOCK} is whole: nothing to repair"
    for commit in (git("log", "--format=%h", "--", LOCK) or "").split():
        text = git("show", f"{commit}:./{LOCK}")
        if text and _is_whole(text):
            files.write_text(text, LOCK)
            return f"{LOCK} is restored from commit {commit}: `make repro` does what is left"
    raise InputError(f"no commit has a whole {LOCK}: `rm {LOCK}`, and `make repro` makes it anew")


def _is_whole(text: str) -> bool:
    try:
        lock: Any = YAML(typ="safe").load(text)
    except YAMLError:
        return False
    return isinstance(lock, dict) and isinstance(lock.get("stages"), dict)
