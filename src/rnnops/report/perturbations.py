"""Perturbations: messages changed in one way, to measure what the classification depends on.

In text without blanks between words, segments (`text.segmentation`) are shuffled like words, and
misspelt like the letters of words of four.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy import sparse

from rnnops.features.vectors import count_vectors
from rnnops.text import segmentation

TYPO_SHARE = 0.2
SHORTEST_TYPO = 4  # letters
PADDING_WORDS = 20
INDICATIVE_WORDS = 200


class Perturbation(NamedTuple):
    """A record; `apply` changes a text, given indicative words of another label and a generator.

    `name` is the key in reports/robustness.json, `title` and `description` are for people. The
    metrics of several `trials` are averaged.
    """

    name: str
    title: str
    description: str
    apply: Callable[[str, Sequence[str], np.random.Generator], str]
    trials: int = 1


def perturb(
    texts: Sequence[str],
    labels: np.ndarray,
    label_words: Sequence[Sequence[str]],
    seed: int,
) -> dict[str, list[list[str]]]:
    """By perturbation, the texts after each trial of it.

    Args:
        labels: indices, shape (texts,).
        label_words: for each label its most indicative words, see `indicative_words`.
        seed: of all that is drawn.
    """
    random = np.random.default_rng(seed)
    others = [label_words[(label + 1) % len(label_words)] for label in labels]
    return {
        each.name: [
            [each.apply(text, words, random) for text, words in zip(texts, others, strict=True)]
            for _ in range(each.trials)
        ]
        for each in PERTURBATIONS.values()
    }


def indicative_words(
    counts: sparse.csr_array, labels: np.ndarray, words: Sequence[str]
) -> list[list[str]]:
    """For each label its 200 most indicative words of letters alone, the most indicative first.

    They are ranked by the difference of their smoothed log frequencies in the label's messages and
    in the others.

    Args:
        counts: of `words`, by their id, in each training message, shape (n, words).
        labels: indices, shape (n,).
    """
    spelt = np.array([word.isalpha() or segmentation.is_unspaced(word) for word in words])
    found = []
    for label in range(labels.max() + 1):
        within, without = (1 + counts[labels == label].sum(0), 1 + counts[labels != label].sum(0))
        ratio = np.log(within / within.sum()) - np.log(without / without.sum())
        order = np.argsort(-np.where(spelt, ratio, -np.inf), kind="stable")
        found.append([words[word] for word in order[:INDICATIVE_WORDS] if spelt[word]])
    return found


def words_by_label(
    sequences: Sequence[np.ndarray], labels: np.ndarray, words: Sequence[str]
) -> list[list[str]]:
    """`indicative_words` of training messages, given as ids of `words`."""
    return indicative_words(count_vectors(sequences, len(words)), labels, words)


def shuffle_words(text: str, random: np.random.Generator) -> str:
    """The words, separated by blanks, in random order."""
    words = [piece.strip() for piece in segmentation.cut(text)]
    return segmentation.join([words[position] for position in random.permutation(len(words))])


def misspell(text: str, random: np.random.Generator) -> str:
    """About a fifth of the words of four letters or more with two inner neighbours swapped."""
    return " ".join(
        "".join(_with_typo(letters, random) for letters in _spelt(word)) for word in text.split(" ")
    )


def _spelt(word: str) -> list[Sequence[str]]:
    """The letters of `word`; of text without blanks, each four segments of it."""
    if not segmentation.is_unspaced(word):
        return [word]
    segments = segmentation.cut(word)
    starts = range(0, len(segments), SHORTEST_TYPO)
    return [segments[start : start + SHORTEST_TYPO] for start in starts]


def _with_typo(letters: Sequence[str], random: np.random.Generator) -> str:
    if len(letters) < SHORTEST_TYPO or random.random() >= TYPO_SHARE:
        return "".join(letters)
    at = int(random.integers(1, len(letters) - 2))
    return "".join([*letters[:at], letters[at + 1], letters[at], *letters[at + 2 :]])


def pad(text: str, words: Sequence[str], random: np.random.Generator) -> str:
    """The text, followed by twenty of the words, drawn with replacement."""
    return f"{text}\n{' '.join(random.choice(words, PADDING_WORDS))}"


_RECORDS = (
    Perturbation(
        "shuffled",
        "Words shuffled",
        "the mean of five random orders",
        lambda text, _, random: shuffle_words(text, random),
        trials=5,
    ),
    Perturbation(
        "typos",
        "Misspelt",
        "two neighbouring letters swapped in every fifth word",
        lambda text, _, random: misspell(text, random),
    ),
    Perturbation(
        "padded", "Padded", "with twenty words that are typical of another label, as spam is", pad
    ),
    Perturbation("capitals", "In capitals", "every letter", lambda text, *_: text.upper()),
)
PERTURBATIONS = {each.name: each for each in _RECORDS}  # in the order in which they are shown
