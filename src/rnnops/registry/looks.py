"""How often a champion was compared with challengers on one test split: models/looks.jsonl.

A look is one comparison; judging the same challenger again by the same parameters is none. The
seed of the split names the test split: it alone decides, with a message's id, where the message
goes, so messages that are added later, or other fractions, make no new test split of an old one.

The looks are kept as tags of the run that holds the decisions, where experiments that run at once
all find them, and as lines of a file in git, where no MLflow server outlives a machine. All that
registry, file and git's history hold counts.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple, dataclass
from typing import Self

import mlflow

from rnnops.core import files, layout
from rnnops.core.checkout import in_project, is_copy, main_checkout
from rnnops.core.git import git
from rnnops.core.programs import ProgramError
from rnnops.registry.decisions import Decision
from rnnops.registry.ledger import open_ledger

LOOK_TAG = "rnnops.look."  # of the ledger, followed by a digest


@dataclass(frozen=True, order=True)
class Look:
    """The `number`-th comparison of a champion of `model` on the test split of `split_seed`.

    `champion` and `challenger` are identities, `gate` the digest of the gate's parameters.
    """

    model: str
    champion: str
    split_seed: int
    number: int
    challenger: str
    gate: str

    def to_json(self) -> str:
        """The look as a line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Self | None:
        """Read what `to_json` gave; None for another line, such as the mark of a conflict."""
        try:
            return cls(**json.loads(line))
        except (ValueError, TypeError):
            return None


def take_look(
    looks: Iterable[Look], model: str, champion: str, split_seed: int, challenger: str, gate: str
) -> Look:
    """The look that was taken at this comparison before, else the next one at the champion."""
    at_champion = [
        look
        for look in looks
        if (look.model, look.champion, look.split_seed) == (model, champion, split_seed)
    ]
    before = [
        look.number for look in at_champion if (look.challenger, look.gate) == (challenger, gate)
    ]
    taken = len({(look.challenger, look.gate) for look in at_champion})
    number = min(before) if before else taken + 1
    return Look(model, champion, split_seed, number, challenger, gate)


def earlier_opponent(
    looks: Iterable[Look], decisions: Sequence[Decision], challenger: str
) -> Decision | None:
    """The champion that a version was last compared with, None if there was none.

    A registry that is rebuilt from git judges its versions as they were, and takes no looks.
    """
    compared = {look.champion for look in looks if look.challenger == challenger}
    found = [decision for decision in decisions if decision.identity in compared]
    return found[-1] if found else None


def read_looks(client: mlflow.MlflowClient, name: str) -> set[Look]:
    """All looks at champions of `name` that registry, file and git's history hold."""
    looks = _in_registry(client, name) | set(_in_file()) | set(_in_history())
    return {look for look in looks if look.model == name}


def record_look(client: mlflow.MlflowClient, look: Look) -> None:
    """Add the look to registry and file."""
    digest = hashlib.sha256(repr(astuple(look)).encode()).hexdigest()[:32]
    client.set_tag(open_ledger(client, look.model), f"{LOOK_TAG}{digest}", look.to_json())
    write_looks(client, look.model)


def write_looks(client: mlflow.MlflowClient, name: str) -> None:
    """Make the file hold all looks at champions of `name`; copies of DVC's leave it alone."""
    if is_copy():
        return
    in_file = set(_in_file())
    looks = in_file | read_looks(client, name)
    if looks != in_file:
        lines = [f"{look.to_json()}\n" for look in sorted(looks)]
        files.write_text("".join(lines), in_project(layout.LOOKS_FILE))


def _in_registry(client: mlflow.MlflowClient, name: str) -> set[Look]:
    tags = client.get_run(open_ledger(client, name)).data.tags
    return set(_parse(value for tag, value in tags.items() if tag.startswith(LOOK_TAG)))


def _in_file() -> Iterable[Look]:
    path = main_checkout() / layout.LOOKS_FILE
    return _parse(path.read_text("utf-8").splitlines() if path.exists() else [])


def _in_history() -> Iterable[Look]:
    """What commits of any branch have added to the file, whatever became of it since.

    A look at a model that is proposed on a branch is one, whether the branch is merged or not.
    """
    revisions = ["HEAD", "--branches", "--remotes"]
    command = ["log", "-p", "--full-history", "--format=", *revisions, "--", layout.LOOKS_FILE]
    try:
        changes = git(*command, folder=main_checkout())
    except ProgramError:
        return []
    return _parse(line[1:] for line in changes.splitlines() if line.startswith("+{"))


def _parse(lines: Iterable[str]) -> Iterable[Look]:
    return filter(None, map(Look.from_json, lines))
