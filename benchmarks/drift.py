"""How often `rnnops drift` is right, by simulation. Writes results/drift.json and .md.

`make drift` draws reference and new messages from one corpus: whole clusters, so that what is drawn
differs by chance alone, then with a change. A sixth of the clusters trains the classifier whose
scores are compared, and its vocabulary. E-mail, and tweets for larger samples.
"""

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from quality_tables import drift_table, estimates_table
from scipy import sparse
from threadpoolctl import threadpool_limits

from rnnops.catalog.params import chosen_dataset, replace_dataset
from rnnops.core import files, layout
from rnnops.core.params import load_params
from rnnops.features.featurizer import Featurizer
from rnnops.features.params import Features
from rnnops.features.tokens import tokenize
from rnnops.ingest.messages import to_messages
from rnnops.ingest.sources import read_rows
from rnnops.linear.classifiers import fit_classifier, representation
from rnnops.linear.params import Baseline
from rnnops.metrics.threshold import threshold_at_false_positive_rate
from rnnops.monitoring.drift import compare
from rnnops.monitoring.estimated_performance import HeldOut, are_like_before, estimate
from rnnops.monitoring.new_messages import near_duplicate_clusters
from rnnops.monitoring.params import Drift
from rnnops.monitoring.reference import SCORES, UNKNOWN, unknown_frame
from rnnops.monitoring.traits import Traits, describe_texts
from rnnops.split.params import Split

RESULTS = Path(__file__).parent / "results" / "drift.json"
CLASSIFIER = "logistic_regression"
SIZES = {"spam-email": (50, 200, 1000), "sentiment-tweets": (50, 200, 1000, 10_000)}
UNCHANGED, SHARE = "none", "a label's share by 10 points"
WORDS, MESSAGES = "a new word is 1% of the words", "a new word is in 1% of the messages"
PLANTED, POINTS = 0.01, 0.1
CHUNKS = ("shares of the labels", "shares of the sources")
PERMUTATIONS = 199  # the least with which a p-value can be significant after adjustment


class Pool(NamedTuple):
    """The messages that samples are drawn from."""

    traits: Traits
    labels: np.ndarray
    sources: np.ndarray
    positive: str | None
    probabilities: np.ndarray  # of the positive label


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help="runs, estimates; default: both")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--detections", type=int, default=200, help="and chunks of estimates")
    arguments = parser.parse_args()
    results: dict[str, Any] = files.read_json(RESULTS) if RESULTS.exists() else {}
    with ProcessPoolExecutor(2, initializer=threadpool_limits, initargs=(1,)) as processes:
        for part in arguments.parts or PARTS:
            results[part] = []
            for row in PARTS[part](processes, arguments):
                results[part].append(row)
                files.write_json(results, RESULTS)
    tables = (drift_table(results), estimates_table(results))
    files.write_text("\n\n".join(tables) + "\n", RESULTS.with_suffix(".md"))
    print("\n\n".join(tables))


def simulate_runs(
    processes: ProcessPoolExecutor, arguments: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    """How often a run reports drift, by corpus, size and change."""
    for corpus, sizes in SIZES.items():
        for size in sizes:
            tasks = [(UNCHANGED, arguments.draws)]
            if size == 1000:
                tasks += [(each, arguments.detections) for each in (WORDS, MESSAGES, SHARE)]
            for change, number in tasks:
                jobs = [(corpus, size, change, draw) for draw in range(number)]
                alarms = sum(processes.map(reports_drift, jobs, chunksize=10))
                row = {"corpus": corpus, "new": size, "change": change}
                yield row | {"runs": number, "alarms": int(alarms)}


def simulate_estimates(
    processes: ProcessPoolExecutor, arguments: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    """How often the intervals of recall and false-positive rate hold, on e-mail."""
    for size in SIZES["spam-email"]:
        for kind in CHUNKS:
            jobs = [("spam-email", size, kind, draw) for draw in range(arguments.detections)]
            found = list(processes.map(estimate_chunk, jobs, chunksize=10))
            answers = [each for each in found if each is not None]
            row: dict[str, Any] = {"new": size, "change": kind}
            row |= {"chunks": len(found), "answered": len(answers)}
            for name in ("recall", "false_positive_rate"):
                row[name] = sum(each[name] for each in answers)
            yield row


PARTS = {"runs": simulate_runs, "estimates": simulate_estimates}


@cache
def pool_of(corpus: str) -> Pool:
    """Most of a corpus, scored by a classifier that is trained on a sixth of it."""
    params = load_params(replacing=replace_dataset(corpus))
    dataset = chosen_dataset(params)
    raw = getattr(dataset.read, "labels", None)
    messages = to_messages(read_rows(dataset, Path(layout.DOWNLOADS)), raw).kept
    texts = messages["text"].tolist()
    clusters = near_duplicate_clusters(texts, params[Split].near_duplicate_similarity)
    names = np.unique(clusters)
    trained = np.random.default_rng(0).choice(names, len(names) // 6, replace=False)
    is_trained = np.isin(clusters, trained)
    training, rest = messages[is_trained], messages[~is_trained]
    features = params[Features].model_copy(update={"method": "bow"})
    featurizer = Featurizer.fit(training["text"], training["label"], features)
    vectors = featurizer.represent(
        featurizer.transform(training["text"]), representation(CLASSIFIER)
    )
    given = np.searchsorted(featurizer.labels, training["label"])
    classifier = fit_classifier(CLASSIFIER, vectors, given, params[Baseline])
    tokens = [tokenize(text) for text in rest["text"]]
    transformed = featurizer.transform_tokens(tokens)
    scores = classifier.probabilities(featurizer.represent(transformed, representation(CLASSIFIER)))
    positive = dataset.positive
    traits = describe_texts(
        rest["text"].tolist(),
        tokens,
        clusters[~is_trained],
        {
            UNKNOWN: unknown_frame(transformed),
            SCORES: pd.DataFrame(scores[:, 1:], columns=featurizer.labels[1:]),
        },
    )
    return Pool(
        traits,
        rest["label"].to_numpy(str),
        rest["source"].to_numpy(str),
        positive,
        scores[:, featurizer.labels.index(positive)] if positive else scores[:, -1],
    )


@cache
def drift_params() -> Drift:
    """As in params.yaml, but for the permutations."""
    return load_params()[Drift].model_copy(update={"permutations": PERMUTATIONS})


def draw_messages(
    pool: Pool, size: int, random: np.random.Generator, weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Positions of `size` new messages and of others for the reference, by whole clusters.

    Args:
        weights: how likely each message's cluster is to be new, by default all the same.
    """
    names, first, cluster_of_row = np.unique(
        pool.traits.clusters, return_index=True, return_inverse=True
    )
    keys = random.exponential(size=len(names))
    if weights is not None:  # the smallest of exponentials with these rates
        keys = keys / np.maximum(weights[first], 1e-12)
    sizes, chosen, left = np.bincount(cluster_of_row), [], size
    for cluster in np.argsort(keys):
        if sizes[cluster] <= left:
            chosen.append(cluster)
            left -= sizes[cluster]
        if not left:
            break
    taken = np.isin(cluster_of_row, chosen)
    others = np.flatnonzero(~taken)
    kept = random.permutation(others)[: drift_params().reference_messages]
    return np.sort(kept), np.flatnonzero(taken)


def reports_drift(job: tuple[str, int, str, int]) -> bool:
    """Whether a run on one draw reports drift."""
    corpus, size, change, draw = job
    pool, params = pool_of(corpus), drift_params()
    random = np.random.default_rng([size, draw])
    weights = None
    if change == SHARE:
        is_last = pool.labels == np.unique(pool.labels)[-1]
        share = is_last.mean()
        weights = np.where(is_last, (share + POINTS) / share, (1 - share - POINTS) / (1 - share))
    reference, new = draw_messages(pool, size, random, weights)
    sample = pool.traits.rows(new)
    planted: np.ndarray = np.array([], int)
    if change == WORDS:
        tokens = np.expm1(sample.numbers["length"]["tokens"])
        planted = np.flatnonzero(random.random(len(new)) < 1 - (1 - PLANTED) ** tokens)
    if change == MESSAGES:
        planted = random.choice(len(new), round(PLANTED * size), replace=False)
    if len(planted):
        column = np.isin(np.arange(len(new)), planted).astype(np.float32)
        words = sparse.csr_array(sparse.hstack([column[:, None], sample.words]))
        vocabulary = np.concatenate([np.array([""], dtype=object), sample.vocabulary])
        sample = replace(sample, words=words, vocabulary=vocabulary)
    found = compare(pool.traits.rows(reference), sample, params)
    return bool(found.findings[0].p <= params.false_alarms)


def estimate_chunk(job: tuple[str, int, str, int]) -> dict[str, bool] | None:
    """Whether each interval holds the rate on a chunk of another make-up; None: cannot tell."""
    corpus, size, kind, draw = job
    pool, params = pool_of(corpus), drift_params()
    random = np.random.default_rng([size, draw, CHUNKS.index(kind)])
    groups = pool.labels if kind == CHUNKS[0] else pool.sources
    names, group_of_row, numbers = np.unique(groups, return_inverse=True, return_counts=True)
    weights = (random.dirichlet(np.ones(len(names))) / numbers)[group_of_row]
    held_out, others = draw_messages(pool, len(pool.labels) // 3, random)[::-1]
    left = weights[others] / weights[others].sum()
    new = random.choice(others, size, p=left)
    is_positive = pool.labels == pool.positive
    threshold = threshold_at_false_positive_rate(
        pool.probabilities[held_out], is_positive[held_out], 0.005
    )
    known = HeldOut(
        pool.probabilities[held_out], is_positive[held_out], pool.traits.clusters[held_out]
    )
    distinct = np.unique(new)
    measured, sample = pool.traits.rows(held_out), pool.traits.rows(distinct)
    if not are_like_before(measured, known, sample, pool.probabilities[distinct], params):
        return None
    called = pool.probabilities > threshold
    given = estimate(known, pool.probabilities[new], pool.traits.clusters[new], threshold, draw)
    found = {}
    for name, among in (
        ("recall", new[is_positive[new]]),
        ("false_positive_rate", new[~is_positive[new]]),
    ):
        rate = called[among].mean() if len(among) else None
        found[name] = rate is None or bool(given[name].low <= rate <= given[name].high)
    return found


if __name__ == "__main__":
    main()
