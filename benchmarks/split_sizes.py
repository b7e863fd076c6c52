"""How far test splits are from their share: hashing against permuted blocks a label.

Writes results/split_sizes.md. The default corpus is measured where `make repro` has split it.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from rnnops.core import files, layout
from rnnops.core.params import load_params
from rnnops.split.params import Split
from rnnops.split.splits import hashed_split
from rnnops.templating.environment import markdown_table

RESULTS = Path(__file__).parent / "results" / "split_sizes.md"
SEEDS = 500
BLOCK = 20  # clusters: 14 for training, 3 for validation, 3 for test


def lone_messages(number: int) -> pd.DataFrame:
    """Messages of two labels, a third and the rest, none like another: a cluster each."""
    label = np.where(np.random.default_rng(0).random(number) < 1 / 3, "spam", "ham")
    return pd.DataFrame({"cluster": [f"id{row}" for row in range(number)], "label": label})


def corpora() -> dict[str, pd.DataFrame]:
    """Columns cluster and label of each message."""
    found = {f"{n:,} messages, none alike": lone_messages(n) for n in (399, 6046)}
    if Path(layout.SPLITS).exists():
        splits = [files.read_parquet(layout.split_file(name)) for name in layout.SPLIT_NAMES]
        rows = pd.concat(splits)[["cluster", "label"]]
        found[f"{len(rows):,} messages of data/splits"] = rows
    return found


def by_hash(clusters: pd.DataFrame, params: Split) -> np.ndarray:
    """Whether each cluster is tested: the rule that the stage `split` has."""
    return np.array([hashed_split(name, params) == layout.TEST for name in clusters.index])


def by_blocks(clusters: pd.DataFrame, params: Split) -> np.ndarray:
    """The same where each block of clusters of one label is a permutation with the exact shares."""
    random = np.random.default_rng(params.seed)
    tested = np.zeros(len(clusters), bool)
    for rows in clusters.groupby("label").indices.values():
        places = [random.permutation(BLOCK) for _ in range(0, len(rows), BLOCK)]
        tested[rows] = np.concatenate(places)[: len(rows)] < round(params.test * BLOCK)
    return tested


RULES = {"hash": by_hash, "permuted blocks": by_blocks}


def spread(numbers: np.ndarray) -> str:
    """Mean, standard deviation and the range of 95% of `numbers`."""
    low, high = np.quantile(numbers, [0.025, 0.975])
    return f"{numbers.mean():.0f} ± {numbers.std():.1f} ({low:.0f} to {high:.0f})"


def main() -> None:
    params = load_params()[Split]
    rows = []
    for corpus, messages in corpora().items():
        clusters = messages.groupby("cluster", sort=False)["label"].agg(["first", "size"])
        clusters.columns = ["label", "size"]
        rarer = messages["label"].value_counts().index[-1]
        sizes = np.stack([clusters["size"], clusters["size"] * (clusters["label"] == rarer)])
        for name, rule in RULES.items():
            seeds = [params.model_copy(update={"seed": seed}) for seed in range(SEEDS)]
            tested = np.array([sizes @ rule(clusters, each) for each in seeds])
            rows.append([corpus, name, *map(spread, tested.T)])
    heads = ("corpus", "rule", "test messages", "of the rarer label")
    table = markdown_table(heads, rows)
    files.write_text(f"{table}\n", RESULTS)
    print(table)


if __name__ == "__main__":
    main()
