"""The default corpus as the pipeline left it, in batches, and the default network's parameters."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnnops.core import files
from rnnops.core.errors import InputError
from rnnops.core.params import load_params
from rnnops.features.featurizer import Featurizer
from rnnops.recurrent.batches import Batches
from rnnops.recurrent.params import Train

FEATURES = Path("data/features/train.parquet")
FEATURIZER = Path("models/featurizer")
NETWORK = {"layers": 1, "bidirectional": True, "readout": "max_mean", "precision": "float32"}
VOCABULARY = 20_000  # of the network whose latency is measured
TYPICAL_LENGTHS = (10, 60, 110, 150, 200, 250, 310, 370, 400, 400)


@dataclass(frozen=True)
class Corpus:
    """`sequences`: arrays of word ids. `labels`: (n,), int. `word_vectors`: (vocabulary, 100)."""

    sequences: list[np.ndarray]
    labels: np.ndarray
    word_vectors: np.ndarray


def read_corpus(messages: int | None) -> Corpus:
    """The training split, or only its first `messages`.

    Raises:
        InputError: if the pipeline has not made it, or not with Word2Vec.
    """
    for made in (FEATURES, FEATURIZER):
        if not made.exists():
            raise InputError(f"{made} does not exist: run `dvc repro` to make it")
    featurizer = Featurizer.load(FEATURIZER)
    if featurizer.word_vectors is None:
        raise InputError(f"{FEATURIZER} is not the default one: set features.method to hybrid")
    frame = files.read_parquet(FEATURES)[:messages]
    return Corpus(
        frame["sequence"].tolist(),
        np.searchsorted(featurizer.labels, frame["label"]),
        featurizer.word_vectors,
    )


def read_params() -> Train:
    """The `train` section of params.yaml.

    Raises:
        InputError: if it describes another network than the contenders build.
    """
    params = load_params()[Train]
    for name, value in NETWORK.items():
        if getattr(params, name) != value:
            raise InputError(f"params.yaml: the benchmark is for train.{name}: {value}")
    return params


class AsTheyCome(Batches):
    """Batches of shuffled messages, whatever their lengths."""

    def _by_length(self, rows: np.ndarray) -> list[np.ndarray]:
        return [
            rows[start : start + self.batch_size] for start in range(0, len(rows), self.batch_size)
        ]


def batches(corpus: Corpus, params: Train, batching: str, length_multiple: int = 1) -> Batches:
    """`sorted`: of similar length, as our training has them, and padded to a `length_multiple`.

    `padded`: shuffled messages, each padded to the cap.
    """
    kinds = {"sorted": (Batches, length_multiple), "padded": (AsTheyCome, params.sequence_length)}
    kind, multiple = kinds[batching]
    return kind(
        corpus.sequences,
        None,
        corpus.labels,
        batch_size=params.batch_size,
        sequence_length=params.sequence_length,
        seed=params.seed,
        length_multiple=multiple,
    )


def random_messages(messages: int, params: Train) -> list[np.ndarray]:
    """Random tokens, (length,), int32, of lengths drawn from the training split.

    The lengths come from a list if there is none; no message is longer than the cap.
    """
    lengths = TYPICAL_LENGTHS
    if FEATURES.exists():
        lengths = files.read_parquet(FEATURES)["sequence"].map(len).to_numpy()
    drawn = np.random.default_rng(0).choice(lengths, messages)
    random = np.random.default_rng(0)
    return [
        random.integers(1, VOCABULARY, length, np.int32)
        for length in np.minimum(drawn, params.sequence_length)
    ]
