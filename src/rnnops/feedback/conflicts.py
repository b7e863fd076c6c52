"""Added messages whose label contradicts known ones, and what people decide on them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import pandas as pd

from rnnops.core.errors import InputError
from rnnops.core.git import user_name
from rnnops.core.label_names import list_counts
from rnnops.ingest.additions import Additions

Action = Literal["keep", "relabel", "drop"]


@dataclass(frozen=True)
class Decision:
    """What becomes of held messages.

    `keep` takes them as they are labelled, `relabel` gives them and the messages that they
    contradict one label, `drop` leaves them out.

    Attributes:
        action: which of the three.
        messages: ids of the held messages.
        labels: by id the new label, of known messages too; empty unless `relabel`.
        who: made it.
        when: in UTC.
        reason: as given.
    """

    action: Action
    messages: list[str]
    labels: dict[str, str]
    who: str
    when: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """The decision as JSON holds it."""
        return asdict(self)


def decide(
    additions: Additions, action: Action, ids: Sequence[str], reason: str, label: str | None = None
) -> Decision:
    """The decision on the held messages `ids`, made now by whoever runs this.

    Raises:
        InputError: when one of them does not wait for a decision.
    """
    waiting = dict(additions.undecided[["id", "contradicts"]].itertuples(index=False, name=None))
    for each in ids:
        if each not in waiting:
            held = each in set(additions.held["id"])
            state = "is decided already" if held else "is not the id of a held message"
            raise InputError(f"{each} {state}: `rnnops conflicts` lists those that wait")
    labels: dict[str, str] = {}
    if label is not None:
        contradicted = (other for each in ids for other in waiting[each])
        labels = dict.fromkeys([*ids, *contradicted], label)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Decision(action, list(dict.fromkeys(ids)), labels, user_name(), now, reason)


def describe_conflicts(
    additions: Additions, known: pd.DataFrame, splits: pd.Series
) -> list[dict[str, object]]:
    """A row for each held message: its label, those of the messages it contradicts, its text.

    Args:
        additions: of the dataset.
        known: columns id and label of the dataset's messages.
        splits: by id the split of a known message, as far as there are splits.
    """
    labels = known.set_index("id")["label"]
    return [
        {
            "id": row["id"],
            "label": row["label"],
            "contradicts": list_counts(Counter(labels.reindex(row["contradicts"]).dropna())),
            "in split": ", ".join(sorted(set(splits.reindex(row["contradicts"]).dropna()))),
            "from": row["file"] if pd.isna(row["row"]) else f"{row['file']} row {row['row']}",
            "text": " ".join(row["text"].split())[:60],
        }
        for row in additions.undecided.to_dict("records")
    ]
