"""What `rnnops suspects` and `rnnops pick` save, measured on corpora whose labels are known.

`make labelling` writes results/labelling.json and .md. Suspects: 2% of the labels of a training
split are turned over. Picks: a classifier is trained on messages that are picked by its own
uncertainty and, from the same start, on random ones; it is measured on the other splits. Five seeds
of the split, the turned labels and the start. The classifier is the one of `CLASSIFIER`; its terms
are those of the whole training split, which has no labels for that.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from quality_tables import labelling_table
from scipy import sparse, stats

from rnnops.catalog.params import chosen_dataset, replace_dataset
from rnnops.core import files, layout
from rnnops.core.console import progress
from rnnops.core.params import load_params
from rnnops.core.sections import Parameters
from rnnops.features.featurizer import Featurizer
from rnnops.features.params import Features
from rnnops.feedback.picks import pick
from rnnops.feedback.suspects import rank_suspects
from rnnops.ingest.messages import to_messages
from rnnops.ingest.sources import read_rows
from rnnops.linear.classifiers import fit_classifier, representation
from rnnops.linear.params import Baseline
from rnnops.metrics.metrics import compute_metrics
from rnnops.metrics.scores import Scores
from rnnops.split.near_duplicates import earlier_near_duplicates
from rnnops.split.params import Split
from rnnops.split.shingles import Shingles
from rnnops.split.splits import assign_splits

RESULTS = Path(__file__).parent / "results" / "labelling.json"
CORPORA = {"spam-email": "one_minus_auc_percent", "spam-sms": "one_minus_auc_percent"}
CLASSIFIER = "logistic_regression"
SEEDS = 5
FLIPPED, LISTED = 0.02, 0.05
FIRST, STEP, RANDOM_LABELS = 100, 50, 1000


def main(corpora: Sequence[str]) -> None:
    results = files.read_json(RESULTS) if RESULTS.exists() else {}
    for corpus in corpora:
        params = load_params(replacing=replace_dataset(corpus))
        dataset = chosen_dataset(params)
        labels = getattr(dataset.read, "labels", None)
        messages = to_messages(read_rows(dataset, Path(layout.DOWNLOADS)), labels).kept
        neighbours = earlier_near_duplicates(
            Shingles.of(messages["text"]), params[Split].near_duplicate_similarity
        )
        found = [
            measure_seed(messages, neighbours, params, CORPORA[corpus], seed)
            for seed in progress(range(SEEDS), corpus, SEEDS)
        ]
        results[corpus] = {
            "metric": CORPORA[corpus],
            "random_labels": RANDOM_LABELS,
            **{key: summarise([each[key] for each in found]) for key in found[0]},
        }
        files.write_json(results, RESULTS)
        files.write_text(labelling_table(results) + "\n", RESULTS.with_suffix(".md"))
    print(labelling_table(results))


def summarise(values: list[float]) -> dict[str, float]:
    """The mean over the seeds with the 95% interval of Student's t; no value is below 0."""
    half = float(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values))
    mean = float(np.mean(values))
    return {"value": mean, "low": max(0.0, mean - half), "high": mean + half}


def measure_seed(
    messages: pd.DataFrame, neighbours: list[list[int]], params: Parameters, metric: str, seed: int
) -> dict[str, float]:
    """The share of turned labels that is listed, and the labels that picks need."""
    split = params[Split].model_copy(update={"seed": seed})
    assigned = assign_splits(messages, neighbours, split)
    pool = assigned[assigned["split"] == layout.TRAIN].reset_index(drop=True)
    held_out = assigned[assigned["split"].isin((layout.VALIDATION, layout.TEST))]
    features = params[Features].model_copy(update={"method": "bow"})
    featurizer = Featurizer.fit(pool["text"], pool["label"], features)
    corpus = Corpus(pool, held_out, featurizer, params)
    return {
        "flipped_found_percent": 100 * share_of_flipped_found(corpus, seed),
        "picked_labels": labels_that_picks_need(corpus, metric, seed),
    }


class Corpus:
    """Vectors and labels (indices) of a pool to label and of the messages to measure on."""

    def __init__(
        self, pool: pd.DataFrame, held_out: pd.DataFrame, featurizer: Featurizer, params: Parameters
    ) -> None:
        self.pool, self.labels, self.params = pool, featurizer.labels, params
        self.vectors, self.measured = (
            featurizer.represent(featurizer.transform(each["text"]), representation(CLASSIFIER))
            for each in (pool, held_out)
        )
        self.given, self.actual = (
            np.searchsorted(self.labels, each["label"]) for each in (pool, held_out)
        )

    def train_and_score(
        self, vectors: sparse.csr_array, labels: np.ndarray, others: sparse.csr_array
    ) -> np.ndarray:
        """Probabilities of the others' labels."""
        fitted = fit_classifier(CLASSIFIER, vectors, labels, self.params[Baseline])
        return fitted.probabilities(others)

    def measure(self, rows: np.ndarray, metric: str) -> tuple[float, np.ndarray]:
        """The metric of a classifier trained on `rows` of the pool, and its probabilities there."""
        both = sparse.vstack([self.measured, self.vectors]).tocsr()
        found = self.train_and_score(self.vectors[rows], self.given[rows], both)
        measured, pool = np.split(found, [self.measured.shape[0]])
        positive = chosen_dataset(self.params).positive
        scores = Scores(tuple(self.labels), self.actual, measured, positive, 0.5)
        once = np.ones((1, len(self.actual)))
        return float(compute_metrics(scores, once, names=[metric])[metric][0]), pool


def share_of_flipped_found(corpus: Corpus, seed: int) -> float:
    """Of the turned labels, the share among the most suspect `LISTED` of the messages."""
    number = len(corpus.pool)
    chosen = np.random.default_rng(seed).choice(number, round(FLIPPED * number), replace=False)
    is_flipped = np.isin(np.arange(number), chosen)
    labels = np.array(corpus.labels)[np.where(is_flipped, 1 - corpus.given, corpus.given)]
    planted = corpus.pool.assign(label=labels, is_flipped=is_flipped)
    ranked = rank_suspects(planted, corpus.vectors, corpus.labels, corpus.train_and_score)
    return float(ranked["is_flipped"].head(int(np.ceil(LISTED * number))).sum() / is_flipped.sum())


def labels_that_picks_need(corpus: Corpus, metric: str, seed: int) -> float:
    """As many labels as picks need for what `RANDOM_LABELS` random ones reach (lower is better)."""
    order = np.random.default_rng(seed).permutation(len(corpus.pool))
    target, _ = corpus.measure(order[:RANDOM_LABELS], metric)
    texts = corpus.pool["text"].to_numpy()
    rows, before = order[:FIRST], np.inf
    while True:
        reached, probabilities = corpus.measure(rows, metric)
        if reached <= target:
            part = (before - target) / (before - reached) if np.isfinite(before) else 1.0
            return len(rows) - STEP + part * STEP
        before, rest = reached, np.setdiff1d(order, rows)
        similarity = corpus.params[Split].near_duplicate_similarity
        chosen = pick(texts[rows], texts[rest], probabilities[rest], STEP, similarity)
        rows = np.concatenate([rows, rest[chosen]])


if __name__ == "__main__":
    main(sys.argv[1:] or list(CORPORA))
