"""models/champion.json: the decisions in git, for where no MLflow server outlives a machine."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rnnops.core import files, layout
from rnnops.core.checkout import in_project, main_checkout
from rnnops.core.errors import InputError
from rnnops.core.git import commits_that_changed, committed_text
from rnnops.registry.decisions import Decision

CHAMPION_FILE = Path(layout.CHAMPION_FILE)


def read_file(name: str) -> list[Decision]:
    """The decisions on `name` in the main checkout's file.

    Raises:
        InputError: when the file is not what `write_file` writes.
    """
    path = main_checkout() / CHAMPION_FILE
    try:
        return _parse(path.read_text("utf-8"), name) if path.exists() else []
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError(
            f"{CHAMPION_FILE} cannot be read ({error}): if git left a conflict in it, keep the "
            "side of the champion in production"
        ) from None


def write_file(name: str, decisions: Sequence[Decision]) -> None:
    """Make the file hold `decisions` on `name`."""
    path = in_project(layout.CHAMPION_FILE)
    by_name = files.read_json(path) if path.exists() else {}
    by_name[name] = [asdict(decision) for decision in decisions]
    files.write_json(dict(sorted(by_name.items())), path)


def recover_from_git(name: str, known: Sequence[Decision]) -> tuple[list[Decision], str | None]:
    """The longest list on `name` in git that continues `known`, and the commit that holds it.

    Of the commits behind HEAD, newest first: another branch may hold decisions that nobody has
    merged yet. The commit is None when none knows more.
    """
    longest, holder = list(known), None
    checkout = main_checkout()
    for commit in commits_that_changed(CHAMPION_FILE, "--full-history", folder=checkout):
        try:
            made = _parse(committed_text(commit, CHAMPION_FILE, checkout) or "{}", name)
        except (ValueError, TypeError, AttributeError):
            continue  # a conflict was committed
        if len(made) > len(longest) and made[: len(longest)] == longest:
            longest, holder = made, commit
    return longest, holder


def _parse(text: str, name: str) -> list[Decision]:
    return [Decision(**decision) for decision in json.loads(text).get(name, [])]
