"""What people have added to a dataset, and what they decided on labels that contradict each other.

data/incoming/added/<dataset>/ only grows: each `rnnops add` and each decision is one folder there,
a batch, whose name is its number and a digest of its content.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from rnnops.core import files, layout
from rnnops.core.checkout import is_sync_copy, main_checkout
from rnnops.core.errors import InputError
from rnnops.core.git import committed_text
from rnnops.ingest.lost_files import restore
from rnnops.ingest.messages import Messages, message_frame

BATCH = re.compile(r"\d{6}-[0-9a-f]{16}")
ACCEPTED, HELD, REJECTED = "accepted.parquet", "held.parquet", "rejected.parquet"
DECISION = "decision.json"


@dataclass(frozen=True)
class Additions:
    """What the batches of a dataset come to.

    Attributes:
        accepted: columns id, text, label, source, received_at, file, row; in order of acceptance,
            with the labels they have now. `file` and `row` say what they were added from.
        held: the same and `contradicts`, ids of the messages under another label; decided or not.
        rejected: columns id, file, row, source, label, reason, content.
        decisions: as they were made, the latest last; see `rnnops.feedback.conflicts`.
        labels: by id of a message, the label that was decided on; of the dataset's own too.
    """

    accepted: pd.DataFrame
    held: pd.DataFrame
    rejected: pd.DataFrame
    decisions: list[dict[str, Any]] = field(default_factory=list)
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def undecided(self) -> pd.DataFrame:
        """The held messages that wait for a decision."""
        decided = {message for decision in self.decisions for message in decision["messages"]}
        return self.held[~self.held["id"].isin(decided)]


def find_additions(dataset: str) -> Path | None:
    """The folder of what was added to a dataset, None when nothing was.

    Raises:
        InputError: when there is such a folder but its content is not in this checkout.
    """
    folder = Path(layout.ADDED, dataset)
    described = folder.with_name(f"{dataset}.dvc")
    if folder.is_dir():
        return folder
    if described.exists():
        raise InputError(f"{folder} is not in this checkout: `dvc pull {described}` fetches it")
    # as `dvc exp apply` of an experiment from before the first addition leaves it
    if committed_text("HEAD", described) and restore(folder, Path(layout.INCOMING)):
        return folder
    # a queued experiment's copy lacks what neither git nor DVC tracks
    untracked = main_checkout() / folder
    return untracked if untracked.is_dir() and not is_sync_copy() else None


def read_additions(folder: Path | None) -> Additions:
    """What the batches in `folder` come to, read in the order of their numbers."""
    batches = list_batches(folder) if folder else []
    held = _read_all(batches, HELD, _placed_frame().assign(contradicts=pd.Series(dtype="object")))
    labels: dict[str, str] = {}
    accepted, decisions = [_placed_frame()], []
    for batch in batches:
        if (file := batch / ACCEPTED).exists():
            accepted.append(files.read_parquet(file))
        if (file := batch / DECISION).exists():
            decision = files.read_json(file)
            decisions.append(decision)
            labels |= decision["labels"]
            if decision["action"] != "drop":
                taken = held["id"].isin(decision["messages"])
                accepted.append(held[taken].drop(columns="contradicts"))
    messages = pd.concat(accepted, ignore_index=True)
    return Additions(
        messages.assign(label=relabel(messages, labels)),
        held,
        _read_all(batches, REJECTED, _rejected_frame()),
        decisions,
        labels,
    )


def list_batches(folder: Path) -> list[Path]:
    """The batches in `folder`, in order; what a killed program has left is not among them."""
    return sorted(batch for batch in folder.iterdir() if BATCH.fullmatch(batch.name))


def join_additions(messages: Messages, additions: Additions) -> Messages:
    """`messages` followed by what was added, all with the labels that were decided on."""
    if additions.accepted.empty and not additions.labels:
        return messages
    added = additions.accepted
    kept = pd.concat([messages.kept, added[messages.kept.columns]], ignore_index=True)
    return replace(
        messages,
        kept=kept.assign(label=relabel(kept, additions.labels)),
        places=pd.concat([messages.places, added[messages.places.columns]], ignore_index=True),
        read=dict(Counter(messages.read) + Counter(added["source"])),
    )


def relabel(messages: pd.DataFrame, labels: Mapping[str, str]) -> pd.Series:
    """The labels of `messages`, those of the ids in `labels` replaced."""
    pairs = zip(messages["id"], messages["label"], strict=True)
    return pd.Series([labels.get(*pair) for pair in pairs], messages.index, dtype="str")


def _read_all(batches: list[Path], name: str, empty: pd.DataFrame) -> pd.DataFrame:
    found = [files.read_parquet(batch / name) for batch in batches if (batch / name).exists()]
    return pd.concat([empty, *found], ignore_index=True)


def _placed_frame() -> pd.DataFrame:
    empty = message_frame([])
    return empty.assign(file=empty["id"], row=pd.Series(dtype="Int64"))


def _rejected_frame() -> pd.DataFrame:
    columns = ["id", "file", "row", "source", "label", "reason", "content"]
    return pd.DataFrame(columns=columns, dtype="str").astype({"row": "Int64"})
