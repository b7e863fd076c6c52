"""Bringing back what `dvc add` put under DVC and the workspace has lost."""

import tempfile
from pathlib import Path

from rnnops.core.console import note
from rnnops.core.errors import InputError
from rnnops.core.git import commits_that_changed, committed_text
from rnnops.core.programs import ProgramError, output


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
        commits = commits_that_changed(described, "-1", "--diff-filter=AM")
        if commits and not lost.exists():
            (commit,) = commits
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
        try:
            output("dvc", "get", "--rev", commit, ".", str(lost), "-o", str(content))
        except ProgramError:
            raise InputError(
                f"{lost} was lost, as by `dvc exp apply` of an experiment older than `dvc add`:"
                f" commit {commit[:7]} has its .dvc, but neither DVC's cache nor its remote has the"
                " content"
            ) from None
        content.rename(lost)
    described.write_text(committed_text(commit, described) or "", "utf-8")
