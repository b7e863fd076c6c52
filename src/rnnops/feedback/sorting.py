"""What becomes of each added row: accepted, known already, held for a decision, or rejected."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from rnnops.catalog.dataset import Dataset, FoldersRead, MailRead
from rnnops.core.errors import InputError
from rnnops.core.label_names import list_labels
from rnnops.core.suggestions import suggest
from rnnops.ingest.additions import Additions
from rnnops.ingest.messages import Messages, quarantine, to_messages
from rnnops.ingest.rows import Row, normalised
from rnnops.split.near_duplicates import earlier_near_duplicates
from rnnops.split.params import Split
from rnnops.split.shingles import Shingles
from rnnops.split.splits import assign_splits


@dataclass(frozen=True)
class SortedRows:
    """The rows of what is added; each frame has the columns that `Additions` lists.

    Attributes:
        accepted: to be stored.
        held: their label contradicts that of the same text, or of all its near-duplicates.
        rejected: they cannot be used.
        rejected_before: neither can they, and the store has them.
        known: how many have text and label of a message that is there.
        near_duplicates: how many of the accepted are near-duplicates of a message that was there.
    """

    accepted: pd.DataFrame
    held: pd.DataFrame
    rejected: pd.DataFrame
    rejected_before: pd.DataFrame
    known: int
    near_duplicates: int


def declared_labels(dataset: Dataset, known: pd.DataFrame) -> dict[str, str]:
    """The labels that may be added: names by name and by the value that stands for it in the data.

    They are those of the dataset's entry in the catalog, else those that its messages have.
    """
    read = dataset.read
    raw = read.folders if isinstance(read, MailRead) else getattr(read, "labels", None)
    if isinstance(read, MailRead | FoldersRead):
        raw = {name: name for name in raw.values()} if raw else None
    names = dict.fromkeys(known["label"] if raw is None else raw.values())
    return {**(raw or {}), **{name: name for name in names}}


def require_label(label: str, declared: Mapping[str, str]) -> str:
    """The name of `label`; raises `InputError` when the dataset has no such label."""
    if label not in declared:
        names = sorted(set(declared.values()))
        raise InputError(
            f"--label {label!r} is not a label of the dataset{suggest(label, names)}; the labels: "
            f"{list_labels(names)}"
        )
    return declared[label]


def sort_rows(
    rows: Iterable[Row], known: pd.DataFrame, additions: Additions, dataset: Dataset, split: Split
) -> SortedRows:
    """Sort what is added to `dataset`.

    Args:
        rows: as they are read.
        known: columns id, text, label: the dataset's messages, those that were added included.
        additions: what was added before.
        split: says what a near-duplicate is.
    """
    messages = to_messages(rows, declared_labels(dataset, known))
    messages = _reject_by_length(messages, dataset)
    found = messages.kept.join(messages.places)
    found["id"] = content_ids(found)
    stored = {*additions.accepted["id"], *additions.held["id"], *content_ids(known)}
    new = found[~found["id"].isin(stored)].drop_duplicates("id", ignore_index=True)
    contradicts, near_duplicates = _compare(known, new, split)
    is_held = contradicts.map(bool).astype(bool)
    rejected = messages.quarantined
    rejected.insert(0, "id", _digests(rejected[["reason", "label", "content"]]))
    new_rejected = rejected[~rejected["id"].isin(additions.rejected["id"])].drop_duplicates("id")
    return SortedRows(
        accepted=new[~is_held].reset_index(drop=True),
        held=new[is_held].assign(contradicts=contradicts[is_held]).reset_index(drop=True),
        rejected=new_rejected.reset_index(drop=True),
        rejected_before=rejected.drop(new_rejected.index),
        known=len(found) - len(new),
        near_duplicates=int((near_duplicates & ~is_held).sum()),
    )


def content_ids(messages: pd.DataFrame) -> list[str]:
    """An id for each message that only its text and its label decide on."""
    texts = messages["text"].map(normalised)
    return _digests(pd.DataFrame({"text": texts, "label": messages["label"]}))


def _reject_by_length(messages: Messages, dataset: Dataset) -> Messages:
    expect = dataset.expect
    for key, limit in (("min", expect.min_characters), ("max", expect.max_characters)):
        characters = messages.kept["text"].str.strip().str.len()
        outside = characters < limit if key == "min" else characters > limit
        kind = "fewer" if key == "min" else "more"
        reason = f"{kind} than {limit:,} characters (expect.{key}_characters)"
        messages = quarantine(messages, outside.to_numpy(bool), reason)
    return messages


def _compare(known: pd.DataFrame, new: pd.DataFrame, split: Split) -> tuple[pd.Series, pd.Series]:
    """For each new message the ids that it contradicts, and whether a known one is like it."""
    together = pd.concat([known[["id", "text", "label"]], new[["id", "text", "label"]]])
    neighbours = earlier_near_duplicates(
        Shingles.of(together["text"]), split.near_duplicate_similarity
    )
    clusters = assign_splits(together, neighbours, split)["cluster"].tolist()
    by_text: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    by_cluster: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(
        lambda: defaultdict(list)
    )
    contradicts: list[list[str]] = []
    texts = together["text"].map(normalised)
    for row, (message, text, label) in enumerate(
        zip(together["id"], texts, together["label"], strict=True)
    ):
        others: list[str] = []
        if row >= len(known):
            near = {clusters[other] for other in neighbours[row]}
            others = _others(by_text[text], label) or _others_alone(by_cluster, near, label)
            contradicts.append(others)
        if not others:
            by_text[text][label].append(message)
            by_cluster[clusters[row]][label].append(message)
    is_near = [any(other < len(known) for other in near) for near in neighbours[len(known) :]]
    return pd.Series(contradicts, dtype=object), pd.Series(is_near, dtype=bool)


def _others(messages: Mapping[str, list[str]], label: str) -> list[str]:
    return [each for other, ids in messages.items() if other != label for each in ids]


def _others_alone(
    by_cluster: Mapping[str, Mapping[str, list[str]]], clusters: set[str], label: str
) -> list[str]:
    """The messages of the clusters, if none of them has `label`."""
    there = [by_cluster[cluster] for cluster in sorted(clusters)]
    if any(label in labels for labels in there):
        return []
    return [each for labels in there for ids in labels.values() for each in ids]


def _digests(rows: pd.DataFrame) -> list[str]:
    return [
        hashlib.sha256("\0".join(map(str, row)).encode()).hexdigest()[:16]
        for row in rows.itertuples(index=False)
    ]
