"""From rows to messages: what can be used, what goes to the quarantine, and the account of both."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from rnnops.core.errors import InputError
from rnnops.core.label_names import list_labels, quote_label
from rnnops.core.suggestions import suggest
from rnnops.ingest.quarantine_reasons import list_reasons
from rnnops.ingest.rows import Row, printable

_YEARS = (1970, 2100)
_YEAR = re.compile(r"(?:19|20|21)\d\d")
_TIME_OF_DAY = re.compile(r"\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?")


@dataclass(frozen=True)
class Messages:
    """What became of the rows of a source.

    Attributes:
        kept: columns id, text, label, source, received_at, in the order of reading.
        places: columns file and row of the kept; a message that is a file of its own has no row.
        quarantined: columns file, row, source, label, reason, content.
        read: how many rows each source gave.
    """

    kept: pd.DataFrame
    places: pd.DataFrame
    quarantined: pd.DataFrame
    read: dict[str, int]


def to_messages(rows: Iterable[Row], labels: Mapping[str, str] | None = None) -> Messages:
    """Sort `rows` into messages and quarantine.

    A message's id is a hash of its source, its content and the number of equal ones before it: ids
    are unique, and rows added at the end change no earlier id.

    Args:
        rows: as a reader yields them.
        labels: names by raw label; without it the raw labels are the names.
    """
    kept: list[tuple[Any, ...]] = []
    places: list[tuple[Any, ...]] = []
    quarantined: list[tuple[Any, ...]] = []
    read: Counter[str] = Counter()
    seen: Counter[bytes] = Counter()
    for row in rows:
        read[row.source] += 1
        content = hashlib.sha256(f"{row.source}\0".encode() + row.identity).digest()
        message_id = hashlib.sha256(content + str(seen[content]).encode()).hexdigest()[:16]
        seen[content] += 1
        if reason := _reason_against(row, labels):
            content_shown = printable(row.content)
            quarantined.append((row.file, row.row, row.source, row.label, reason, content_shown))
        else:
            label = labels[row.label] if labels and row.label else row.label
            kept.append((message_id, row.text, label, row.source, row.received_at))
            places.append((row.file, row.row))
    return Messages(
        message_frame(kept),
        pd.DataFrame(places, columns=["file", "row"]).astype({"file": "str", "row": "Int64"}),
        _quarantine_frame(quarantined),
        dict(read),
    )


def quarantine(messages: Messages, rows: np.ndarray, reason: str) -> Messages:
    """`messages` with `rows` of the kept, shape (n,), bool, in the quarantine for `reason`."""
    kept = messages.kept[rows]
    moved = messages.places[rows].join(kept[["source", "label"]])
    moved = moved.assign(reason=reason, content=kept["text"])
    return replace(
        messages,
        kept=messages.kept[~rows].reset_index(drop=True),
        places=messages.places[~rows].reset_index(drop=True),
        quarantined=pd.concat([messages.quarantined, moved], ignore_index=True),
    )


def require_labels(messages: Messages, dataset: str, positive: str | None) -> None:
    """Check that there is something to learn, and that `positive`, if given, is one of two labels.

    Raises:
        InputError: when no message is left, or only one label, with what was quarantined; for
            another `positive`, with the labels there are.
    """
    names = messages.kept["label"].unique()
    if len(names) >= 2:
        _require_positive_label(messages, dataset, positive)
        return
    what = "no usable message" if not len(names) else f"only the label {quote_label(names[0])}"
    found = f"{dataset} has {what} in {sum(messages.read.values()):,} rows"
    needed = "at least two labels are needed to train a classifier"
    if messages.quarantined.empty:
        raise InputError(f"{found}: {needed}")
    first = messages.quarantined.iloc[0]
    place = first["file"] if pd.isna(first["row"]) else f"{first['file']} row {first['row']}"
    label = "" if pd.isna(first["label"]) else f", label {quote_label(first['label'])}"
    reasons = list_reasons(_counts(messages.quarantined["reason"]))
    raise InputError(f"{found}: {reasons}; the first: {place}{label}; {needed}")


def _require_positive_label(messages: Messages, dataset: str, positive: str | None) -> None:
    labels = list(_counts(messages.kept["label"]))
    key = f"datasets.{dataset}.positive"
    if positive is not None and positive not in labels:
        raise InputError(
            f"{key}: no message is labelled {quote_label(positive)}"
            f"{suggest(positive, labels)}; the labels: {list_labels(labels)}"
        )
    if positive is not None and len(labels) > 2:
        raise InputError(
            f"{key}: {quote_label(positive)} is one of {len(labels):,} labels"
            f" ({list_labels(labels)}), and false positives are counted for one of two: remove it,"
            " and every label counts the same"
        )


def message_frame(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """A frame of messages: columns id, text, label, source, received_at (UTC)."""
    ids, texts, labels, sources, times = zip(*rows, strict=True) if rows else ([],) * 5
    columns = {"id": ids, "text": texts, "label": labels, "source": sources}
    frame = pd.DataFrame({name: pd.array(values, dtype="str") for name, values in columns.items()})
    return frame.assign(received_at=_utc_times(times))


def summarise_rows(messages: Messages, dataset: str) -> dict[str, Any]:
    """Every row accounted for: counts by source, label and reason, for reports/ingest.json."""
    kept = messages.kept["source"].value_counts()
    quarantined = messages.quarantined["source"].value_counts()
    return {
        "dataset": dataset,
        "read": sum(messages.read.values()),
        "kept": len(messages.kept),
        "quarantined": len(messages.quarantined),
        "sources": {
            source: {
                "read": count,
                "kept": int(kept.get(source, 0)),
                "quarantined": int(quarantined.get(source, 0)),
            }
            for source, count in messages.read.items()
        },
        "labels": _counts(messages.kept["label"]),
        "reasons": _counts(messages.quarantined["reason"]),
    }


def quarantine_lines(quarantined: pd.DataFrame) -> str:
    """The quarantine as JSON lines, for data/quarantine/rows.jsonl."""
    records = quarantined.astype(object).where(quarantined.notna(), None).to_dict("records")
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def _reason_against(row: Row, labels: Mapping[str, str] | None) -> str | None:
    if row.problem:
        return row.problem
    if not (row.text and row.text.strip()):
        return "no text"
    if not row.label:
        return "no label"
    return "unknown label" if labels and row.label not in labels else None


def _utc_times(values: Iterable[Any]) -> pd.Series:
    """Times in UTC; null for what says none, and outside the years in which messages are sent."""
    # what tells no year ("now", "10:00") would be read as today and differ from run to run
    plausible = [
        value if not isinstance(value, str) or _YEAR.search(_TIME_OF_DAY.sub("", value)) else None
        for value in values
    ]
    times = pd.to_datetime(
        pd.Series(plausible, dtype=object), utc=True, errors="coerce", format="mixed"
    ).astype("datetime64[us, UTC]")
    return times.where(times.dt.year.between(*_YEARS))


def _quarantine_frame(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    columns = ["file", "row", "source", "label", "reason", "content"]
    types = dict.fromkeys(columns, "str") | {"row": "Int64"}
    return pd.DataFrame(rows, columns=columns).astype(types)


def _counts(values: pd.Series) -> dict[str, int]:
    """Counts by value, the most frequent first, equal ones by name."""
    counts = Counter(values)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
