"""Restoring dvc.lock, which DVC writes in place: killed at that moment, it leaves a broken file."""

from pathlib import Path

from rnnops.core import files
from rnnops.core.errors import InputError
from rnnops.core.git import commits_that_changed, committed_text
from rnnops.core.layout import LOCK
from rnnops.tracking.dvc_lock import parse_stages


def require_whole() -> None:
    """Raise `InputError` if dvc.lock is there and is not one that DVC has finished writing."""
    if Path(LOCK).exists() and parse_stages(files.read_text(LOCK)) is None:
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
    if parse_stages(files.read_text(LOCK)) is not None:
        return f"{LOCK} is whole: nothing to repair"
    for commit in commits_that_changed(LOCK):
        text = committed_text(commit, LOCK)
        if text and parse_stages(text) is not None:
            files.write_text(text, LOCK)
            return f"{LOCK} is restored from commit {commit[:7]}: `make repro` does what is left"
    raise InputError(f"no commit has a whole {LOCK}: `rm {LOCK}`, and `make repro` makes a new one")
