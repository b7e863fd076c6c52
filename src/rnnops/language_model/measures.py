"""How well language models foresee documents, by document, in one pass over their distributions."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from rnnops.language_model.model import LanguageModel

TOP = 5  # of the words by falling probability, where the next one is looked for


def draw_documents(documents: Sequence[np.ndarray], words: int, seed: int) -> list[int]:
    """The positions of documents with so many words, or a few more; all if they have no more."""
    order = np.random.default_rng(seed).permutation(len(documents))
    before = np.cumsum([0, *(len(documents[place]) for place in order)])[:-1]
    return [int(place) for place, read in zip(order, before, strict=True) if read < words]


def measure_models(
    models: Mapping[str, LanguageModel],
    mixtures: Mapping[str, Mapping[str, float]],
    documents: Iterable[np.ndarray],
    *,
    unknown: int,
    ranked: Collection[int] = (),
) -> dict[str, pd.DataFrame]:
    """By model or mixture, one row a document: words, unknown_words, bits, top_1, top_5.

    `bits` is Σ −log2 p. `top_1` and `top_5` are the words that are the most probable one, or one
    of the five most probable ones; of words that are equally probable that of the lowest id comes
    first. They are NaN of documents that are not ranked, which takes a hundredth of the time.
    Unknown words are one word of the vocabulary and count like any other.

    Args:
        mixtures: by name, the weights of some of the models.
        unknown: the id of the unknown word.
        ranked: the positions of documents whose words are ranked.
    """
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in (*models, *mixtures)}
    for place, document in enumerate(documents):
        measure = _rank if place in ranked else _sum
        counts = {"words": len(document), "unknown_words": int((document == unknown).sum())}
        for name, found in measure(models, mixtures, document).items():
            rows[name].append(counts | found)
    columns = ["words", "unknown_words", "bits", "top_1", "top_5"]
    return {name: pd.DataFrame(found, columns=columns) for name, found in rows.items()}


def _sum(
    models: Mapping[str, LanguageModel],
    mixtures: Mapping[str, Mapping[str, float]],
    document: np.ndarray,
) -> dict[str, dict[str, float]]:
    found = {name: model.probabilities(document) for name, model in models.items()}
    found |= {name: _mixed(found, weights) for name, weights in mixtures.items()}
    return {name: {"bits": float(-np.log2(each).sum())} for name, each in found.items()}


def _rank(
    models: Mapping[str, LanguageModel],
    mixtures: Mapping[str, Mapping[str, float]],
    document: np.ndarray,
) -> dict[str, dict[str, float]]:
    totals = {name: np.zeros(3) for name in (*models, *mixtures)}
    first = 0
    for blocks in _blocks(models, mixtures, document):
        words = document[first : first + len(next(iter(blocks.values())))]
        first += len(words)
        for name, block in blocks.items():
            totals[name] += _measure_block(block, words)
    names = ("bits", "top_1", "top_5")
    return {name: dict(zip(names, map(float, each), strict=True)) for name, each in totals.items()}


def _blocks(
    models: Mapping[str, LanguageModel],
    mixtures: Mapping[str, Mapping[str, float]],
    document: np.ndarray,
) -> Iterator[dict[str, np.ndarray]]:
    """The distributions of all models and mixtures, block by block; none is computed twice."""
    every = [model.distributions(document) for model in models.values()]
    for blocks in zip(*every, strict=True):
        found = dict(zip(models, blocks, strict=True))
        for name, weights in mixtures.items():
            found[name] = _mixed(found, weights)
        yield found


def _mixed(found: Mapping[str, np.ndarray], weights: Mapping[str, float]) -> np.ndarray:
    """The weighted sum of some of the probabilities."""
    total = np.zeros(1)
    for name, weight in weights.items():
        total = total + weight * found[name]
    return total


def _measure_block(block: np.ndarray, words: np.ndarray) -> np.ndarray:
    """Bits, and how many of the words that come next are the first and the first five."""
    taken = np.take_along_axis(block, words[:, None], axis=1)
    ranks = _ranks(block, words, taken)
    hits = [np.count_nonzero(ranks < 1), np.count_nonzero(ranks < TOP)]
    return np.array([-np.log2(taken).sum(), *hits])


def _ranks(block: np.ndarray, words: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """How many words come before the next one, (rows,); exact where it is below `TOP`."""
    ranks = np.count_nonzero(block > taken, axis=1)
    rows = np.flatnonzero(ranks < TOP)  # of the others no tie matters
    ties = block[rows] == taken[rows]
    ties &= np.arange(block.shape[1]) < words[rows, None]
    ranks[rows] += np.count_nonzero(ties, axis=1)
    return ranks
