"""Bringing back what `dvc add` put under DVC and the workspace has lost."""

import tempfile
from pathlib import Path

from rnnops.core.console import note
from rnnops.core.errors import InputError
from rnnops.core.programs import run


def restore(path: Path, folder: Path) -> bool:
    """Whether `path` could be restored, as the newest commit that describes it has it.

    `dvc exp apply` of an experiment older than `dvc add` takes away file and .dvc alike.

    Args:
        path: in `folder`, of a file or folder, or of something in one, that DVC tracks.
        folder: in which `dvc add` may have been called on it.

    Raises:
        InputError: when a commit describes it, but neither cache nor remote has the content.
    """
    for lost in (path, *(parent for parent in path.parents if parent.is_relative_to(folder))):
        described = lost.with_name(f"{lost.name}.dvc")
        wanted = ("-1", "--diff-filter=AM", "--format=%H", "--", str(described))
        commit = run("git", "log", *wanted).stdout.strip()
        if commit and not lost.exists():
            _get(lost, commit)
            note(
                f"{lost} and {described} were lost, as by `dvc exp apply` of an experiment older "
                f"than `dvc add`: restored from commit {commit[:7]}; `git add {folder}` keeps them"
            )
            return True
    return False


def _get(lost: Path, commit: str) -> None:
    """Copy content and .dvc of that commit to where they were."""
    described = lost.with_name(f"{lost.name}.dvc")
    lost.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restored.", dir=lost.parent) as scratch:
        content = Path(scratch) / lost.name
        done = run("dvc", "get", "--rev", commit, ".", str(lost), "-o", str(content))
        if done.returncode:
            raise InputError(
                f"{lost} was lost, as by `dvc exp apply` of an experiment older than `dvc add`:"
                f" commit {commit[:7]} has its .dvc, but neither DVC's cache nor its remote has the"
                " content"
            )
        content.rename(lost)
    described.write_text(run("git", "show", f"{commit}:./{described.as_posix()}").stdout, "utf-8")
