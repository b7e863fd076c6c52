"""The messages of a dataset as they are now: its own, and what was added."""

from pathlib import Path

import pandas as pd

from rnnops.core import files, layout
from rnnops.core.errors import InputError
from rnnops.ingest.additions import Additions, find_additions, read_additions, relabel

COLUMNS = ["id", "text", "label"]


def read_known(dataset: str, additions: Additions) -> pd.DataFrame:
    """Columns id, text and label of the messages of `dataset`, with the labels they have now.

    Raises:
        InputError: when the dataset's own messages have not been ingested here.
    """
    ingested = _read_ingested(dataset)
    added = additions.accepted[COLUMNS]
    known = pd.concat([ingested, added[~added["id"].isin(ingested["id"])]], ignore_index=True)
    return known.assign(label=relabel(known, additions.labels))


def read_unlearnt(dataset: str) -> pd.DataFrame:
    """Columns id, text and label of the accepted messages that the last training did not have.

    Raises:
        InputError: when there are some, and the dataset has not been ingested here.
    """
    additions = read_additions(find_additions(dataset))
    accepted = additions.accepted[COLUMNS]
    if accepted.empty:
        return accepted
    learnt = _read_ingested(dataset)["id"]
    return accepted[~accepted["id"].isin(learnt)]


def _read_ingested(dataset: str) -> pd.DataFrame:
    there = Path(layout.MESSAGES).exists() and Path(layout.INGEST_REPORT).exists()
    if not there or files.read_json(layout.INGEST_REPORT)["dataset"] != dataset:
        raise InputError(
            f"the messages of {dataset} are not in {layout.MESSAGES}: run `dvc repro ingest` first"
        )
    return files.read_parquet(layout.MESSAGES, COLUMNS)


def read_splits() -> pd.DataFrame:
    """By id of a message its split and cluster; empty before there are splits."""
    files_there = {
        name: file
        for name in layout.SPLIT_NAMES
        if (file := Path(layout.split_file(name))).exists()
    }
    parts = [
        files.read_parquet(file, ["id", "cluster"]).assign(split=name)
        for name, file in files_there.items()
    ]
    empty = pd.DataFrame(columns=["id", "cluster", "split"], dtype="str")
    return pd.concat([empty, *parts]).set_index("id")


def with_clusters(known: pd.DataFrame) -> pd.DataFrame:
    """`known` with the column cluster; a message in no split is a cluster by itself."""
    clusters = known["id"].map(read_splits()["cluster"])
    return known.assign(cluster=clusters.where(clusters.notna(), known["id"]))
