"""What models have answered, kept so that labels that arrive later can judge it.

A folder a model and day; each call adds a Parquet file, and many small ones become one.
"""

import hashlib
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import pandas as pd
from filelock import FileLock, Timeout

from rnnops.core import files
from rnnops.ingest.rows import normalised

FOLDER_VARIABLE = "RNNOPS_PREDICTION_LOG"  # where a model logs that runs without the command
TEXTS_VARIABLE = "RNNOPS_LOG_TEXTS"
MOST_FILES = 200  # of a day
LOCK = ".lock"


@dataclass(frozen=True)
class PredictionLog:
    """The log below `folder` of one version of a model; it has the texts only if `keeps_texts`."""

    folder: Path
    model: str
    version: str
    keeps_texts: bool = False

    @classmethod
    def from_environment(cls, model: str, version: str) -> Self | None:
        """The log that the environment asks for, None if it does not."""
        folder = os.environ.get(FOLDER_VARIABLE)
        keeps_texts = os.environ.get(TEXTS_VARIABLE, "") not in ("", "0")
        return cls(Path(folder), model, version, keeps_texts) if folder else None

    def append(
        self,
        texts: Sequence[str],
        predictions: pd.DataFrame,
        ids: Sequence[str] | None = None,
        times: Sequence[datetime] | None = None,
    ) -> list[str]:
        """Keep what was predicted; the ids it has in the log, one a text.

        Args:
            predictions: columns label, probability and p_<label>, a row a text.
            ids: 16 hexadecimal digits each; new ones by default.
            times: when it was predicted; now by default.
        """
        now = datetime.now(UTC)
        rows = predictions.reset_index(drop=True)
        rows.insert(0, "id", list(ids or (uuid.uuid4().hex[:16] for _ in texts)))
        rows.insert(1, "time", pd.Series(times or [now] * len(rows), dtype="datetime64[us, UTC]"))
        rows.insert(2, "model", self.model)
        rows.insert(3, "version", self.version)
        rows["text_hash"] = [text_hash(text) for text in texts]
        if self.keeps_texts:
            rows["text"] = list(texts)
        day = self.folder / self.model / now.date().isoformat()
        files.write_parquet(rows, day / f"{now:%H%M%S%f}-{uuid.uuid4().hex[:8]}.parquet")
        _join_files(day)
        return rows["id"].tolist()


def text_hash(text: str) -> str:
    """By which a prediction and a label of the same text find each other."""
    return hashlib.sha256(normalised(text).encode()).hexdigest()


def read_log(folder: Path, model: str, days: int | None = None) -> pd.DataFrame:
    """The rows that `append` kept, the oldest first; of the last `days` days, or all.

    Columns id, time, model, version, label, probability, p_<label>, text_hash, and text if some
    were kept.
    """
    since = (datetime.now(UTC) - timedelta(days=days)) if days is not None else None
    # a day's folder is there before its first file
    days_kept = sorted({file.parent for file in (folder / model).glob("*/*.parquet")})
    parts = [
        _read_day(day) for day in days_kept if since is None or day.name >= since.date().isoformat()
    ]
    if not parts:
        return pd.DataFrame(columns=["id", "time", "version", "label", "probability", "text_hash"])
    rows = pd.concat(parts, ignore_index=True)
    if since is not None:
        rows = rows[rows["time"] >= since]
    return rows.sort_values("time", kind="stable", ignore_index=True)


def _read_day(day: Path) -> pd.DataFrame:
    with FileLock(day / LOCK):
        return _read_files(sorted(day.glob("*.parquet")))


def _read_files(found: list[Path]) -> pd.DataFrame:
    """The rows of the files, once each: whoever joined some may have left them too."""
    return pd.concat(map(files.read_parquet, found), ignore_index=True).drop_duplicates("id")


def _join_files(day: Path) -> None:
    """Make one file of a day's files if there are many, unless another process does."""
    if len(list(day.glob("*.parquet"))) <= MOST_FILES:
        return
    try:
        with FileLock(day / LOCK, blocking=False):
            found = sorted(day.glob("*.parquet"))
            files.write_parquet(_read_files(found), day / f"{found[-1].stem}-joined.parquet")
            for file in found:
                file.unlink()
    except Timeout:
        pass
