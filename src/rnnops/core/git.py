"""Every call of git. Paths are relative to `folder`, by default the working directory."""

import getpass
from pathlib import Path

from rnnops.core import programs
from rnnops.core.programs import ProgramError


def git(*arguments: str, folder: Path | None = None) -> str:
    """What git prints.

    Raises:
        ProgramError: if it fails, as outside of a repository, or is not installed.
    """
    return programs.output("git", *arguments, folder=folder)


def committed_text(commit: str, path: str | Path, folder: Path | None = None) -> str | None:
    """The text of a file in a commit, None where there is no such file or commit."""
    try:
        return git("show", f"{commit}:./{Path(path).as_posix()}", folder=folder)
    except ProgramError:
        return None


def commits_that_changed(path: str | Path, *options: str, folder: Path | None = None) -> list[str]:
    """The commits behind HEAD that changed a file, newest first; none outside of a repository.

    Args:
        options: of `git log`.
    """
    try:
        return git("log", *options, "--format=%H", "--", str(path), folder=folder).split()
    except ProgramError:
        return []


def describe_commit(commit: str) -> str | None:
    """The short name and the subject of a commit, None if it is not in this clone."""
    try:
        return git("log", "-1", '--format=%h "%s"', commit).strip()
    except ProgramError:
        return None


def user_name() -> str:
    """Who runs this: the author that git would name, else the name of the account."""
    try:
        return git("var", "GIT_AUTHOR_IDENT").partition(" <")[0]
    except ProgramError:
        return getpass.getuser()
