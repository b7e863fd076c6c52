"""Training, validation and test splits that no near-duplicate crosses and that growth never moves.

Rows are taken in the order they arrive. A row with no near-duplicate before it starts a cluster,
whose split a hash of the row's id decides; later near-duplicates follow it. A row that ties
clusters of different splits together cannot be placed without a leak, nor without moving rows that
earlier models were trained or tested on, so it is left out and counted. Every decision looks at
earlier rows alone: rows added at the end change nothing before them.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from rnnops.core import layout
from rnnops.core.errors import InputError
from rnnops.core.label_names import list_labels
from rnnops.split.overlap import CONTAINMENT, SIMILARITY, shingle_matrix, training_overlap
from rnnops.split.params import Split

SEEDS_TRIED = 100
MOSTLY_CONTAINED = 0.9


def assign_splits(
    messages: pd.DataFrame, neighbours: list[list[int]], params: Split
) -> pd.DataFrame:
    """`messages` with the columns `cluster` (id of its first message) and `split`.

    Args:
        messages: column `id`, in order of arrival.
        neighbours: for each row, the positions of earlier near-duplicates.
        params: fractions of the splits and the seed of the hash.

    Returns:
        A new frame; `split` is one of `layout.SPLIT_NAMES` or `layout.EXCLUDED`.
    """
    ids = messages["id"].tolist()
    cluster_of: list[int | None] = []
    members: dict[int, list[int]] = {}
    split_of: dict[int, str] = {}
    for row, earlier in enumerate(neighbours):
        clusters = sorted({home for other in earlier if (home := cluster_of[other]) is not None})
        if len({split_of[cluster] for cluster in clusters}) > 1:
            cluster_of.append(None)
            continue
        if clusters:
            home = clusters[0]
            for absorbed in clusters[1:]:
                for member in members[absorbed]:
                    cluster_of[member] = home
                members[home] += members.pop(absorbed)
        else:
            home = row
            members[home], split_of[home] = [], hashed_split(ids[row], params)
        cluster_of.append(home)
        members[home].append(row)
    placed = [(row if home is None else home, home) for row, home in enumerate(cluster_of)]
    return messages.assign(
        cluster=pd.array([ids[first] for first, _ in placed], dtype="str"),
        split=pd.array(
            [layout.EXCLUDED if home is None else split_of[home] for _, home in placed], dtype="str"
        ),
    )


def hashed_split(message_id: str, params: Split) -> str:
    """The split of a cluster that starts with `message_id`: depends on nothing else."""
    digest = hashlib.sha256(f"{params.seed}:{message_id}".encode()).digest()
    position = int.from_bytes(digest[:8], "big") / 2**64
    if position < params.train:
        return layout.TRAIN
    return layout.VALIDATION if position < params.train + params.validation else layout.TEST


def check_labels(
    assigned: pd.DataFrame, neighbours: list[list[int]], params: Split, row: str = "message"
) -> None:
    """Check that each split has each label: else nothing could be learnt or measured there.

    Args:
        row: what a row is, in the singular.

    Raises:
        InputError: naming the label, and a seed with which no split lacks one if there is any.
    """
    missing = _missing_labels(assigned)
    if not missing:
        return
    name, labels = missing[0]
    for seed in range(SEEDS_TRIED):
        other = params.model_copy(update={"seed": seed})
        if not _missing_labels(assign_splits(assigned, neighbours, other)):
            remedy = f"set split.seed to {seed}, or add {row}s: then each split has each label"
            break
    else:
        remedy = f"add {row}s of it that are no near-duplicates, or raise split.{name}"
    raise InputError(f"the {name} split has no {row} labelled {list_labels(labels)}: {remedy}")


def _missing_labels(assigned: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """The splits that lack labels, and which."""
    there = assigned.groupby("split")["label"].agg(set)
    labels = set(assigned["label"])
    missing = [(name, sorted(labels - there.get(name, set()))) for name in layout.SPLIT_NAMES]
    return [(name, lacking) for name, lacking in missing if lacking]


def separate(
    assigned: pd.DataFrame, hashes: Sequence[np.ndarray], params: Split
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """By split, with the rows left out, its rows; and what reports/split.json says.

    The rows have what they share with the training split, see `training_overlap`.

    Args:
        assigned: as `assign_splits` returns it.
        hashes: of the rows' shingles.
    """
    matrix = shingle_matrix(hashes)
    measured = [layout.VALIDATION, layout.TEST]
    assigned = assigned.join(training_overlap(matrix, assigned["split"], measured, params.seed))
    parts = {
        name: assigned[assigned["split"] == name].drop(columns="split")
        for name in (*layout.SPLIT_NAMES, layout.EXCLUDED)
    }
    return parts, describe_splits(assigned, matrix, params)


def summarise(report: dict[str, Any], rows: str) -> str:
    """The sizes of the splits and the number of clusters in one line.

    Args:
        rows: what is split, in the plural.
    """
    sizes = [f"{name} {split['messages']:,}" for name, split in report["splits"].items()]
    return f"{', '.join(sizes)} {rows} in {report['clusters']['number']:,} clusters"


def describe_splits(
    assigned: pd.DataFrame, matrix: sparse.csr_array, params: Split
) -> dict[str, Any]:
    """What reports/split.json says: sizes, shares of labels, clusters, and the proof of no leak.

    `near_duplicate_leakage` is the share of test messages with a near-duplicate in the training
    split, here and in a plain random split of the same messages with the same fractions.
    `containment` is about test messages that stand almost whole in one training message. Both are
    exact and know nothing of how the splits were made. `measured` counts the test messages that
    they are shares of, by label: all, or of a large split a sample.

    Args:
        assigned: with the columns of `assign_splits` and `training_overlap`.
        matrix: of all messages, from `shingle_matrix`.
    """
    kept = assigned[assigned["split"] != layout.EXCLUDED]
    plain = pd.Series(
        [hashed_split(f"plain:{message}", params) for message in assigned["id"]],
        index=assigned.index,
    )
    plain_overlap = training_overlap(matrix, plain, [layout.TEST], params.seed)
    test = _measured_test(assigned, assigned["split"])
    plain_test = _measured_test(plain_overlap.assign(label=assigned["label"]), plain)
    sizes = kept["cluster"].value_counts()
    return {
        "messages": len(assigned),
        "excluded": int((assigned["split"] == layout.EXCLUDED).sum()),
        "splits": {name: _describe(kept[kept["split"] == name]) for name in layout.SPLIT_NAMES},
        "clusters": {
            "number": len(sizes),
            "largest": int(sizes.max()),
            "in_more_than_one_split": int((kept.groupby("cluster")["split"].nunique() > 1).sum()),
        },
        "near_duplicate_leakage": {
            "similarity": params.near_duplicate_similarity,
            "this_split": _shares(test, SIMILARITY, params.near_duplicate_similarity),
            "plain_random_split": _shares(plain_test, SIMILARITY, params.near_duplicate_similarity),
            "measured": {
                "this_split": _counts(test["label"]),
                "plain_random_split": _counts(plain_test["label"]),
            },
        },
        "containment": {
            "at_least": MOSTLY_CONTAINED,
            "this_split": _shares(test, CONTAINMENT, MOSTLY_CONTAINED),
            "measured": _counts(test["label"]),
        },
    }


def _describe(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "messages": len(rows),
        "clusters": int(rows["cluster"].nunique()),
        "labels": _counts(rows["label"]),
        "label_shares": {
            str(label): round(share, 4)
            for label, share in rows["label"].value_counts(normalize=True).sort_index().items()
        },
        "sources": _counts(rows["source"]),
    }


def _counts(values: pd.Series) -> dict[str, int]:
    return {str(name): int(count) for name, count in values.value_counts().sort_index().items()}


def _measured_test(rows: pd.DataFrame, split: pd.Series) -> pd.DataFrame:
    return rows[(split == layout.TEST) & rows[SIMILARITY].notna()]


def _shares(test: pd.DataFrame, column: str, least: float) -> dict[str, float]:
    """By label, the share of rows with at least `least` in `column`."""
    shares = (test[column] >= least).groupby(test["label"]).mean().sort_index()
    return {str(label): round(float(share), 4) for label, share in shares.items()}
