"""The decisions that commits remember, for when the file and the registry have lost them."""

from collections.abc import Sequence
from pathlib import Path

from rnnops.core.checkout import main_checkout
from rnnops.core.programs import run
from rnnops.registry import decisions
from rnnops.registry.decisions import CHAMPION_FILE, Decision


def longest(name: str, known: Sequence[Decision]) -> tuple[list[Decision], str | None]:
    """The longest list on `name` that continues `known`, and the commit that holds it.

    Of the commits behind HEAD, newest first: another branch may hold decisions that nobody has
    merged yet. The commit is None when none knows more.
    """
    found, holder = list(known), None
    wanted = ("--full-history", "--format=%H", "--", str(CHAMPION_FILE))
    listed = run("git", "log", *wanted, cwd=main_checkout())
    for commit in listed.stdout.split():
        try:
            made = decisions.parse(show(commit, CHAMPION_FILE) or "{}", name)
        except (ValueError, TypeError, AttributeError):
            continue  # a conflict was committed
        if len(made) > len(found) and made[: len(found)] == found:
            found, holder = made, commit
    return found, holder


def show(commit: str, path: Path) -> str | None:
    """The text of the file in that commit, None where it has none."""
    shown = run("git", "show", f"{commit}:./{path.as_posix()}", cwd=main_checkout())
    return None if shown.returncode else shown.stdout
