"""Messages changed in one way, to see what a verdict rests on.

| change   | each message                                                                     |
|----------|----------------------------------------------------------------------------------|
| shuffled | has its words in random order: what is lost came from the order                  |
| typos    | has two neighbouring letters swapped in every fifth word                         |
| padded   | has words appended that tell most of another label, as spammers do               |
| capitals | is in capitals                                                                   |
"""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

SHUFFLES = 5
TYPO_SHARE = 0.2
SHORTEST_TYPO = 4  # letters
PADDING_WORDS = 20

TELLING_WORDS = 200


def perturb(
    texts: Sequence[str],
    labels: np.ndarray,
    telling: Sequence[Sequence[str]],
    seed: int,
) -> dict[str, list[list[str]]]:
    """By change, the texts after each trial of it: five for `shuffled`, else one.

    Args:
        labels: indices, shape (texts,).
        telling: for each label the words that tell of it, see `telling_words`.
        seed: of all that is drawn.
    """
    random = np.random.default_rng(seed)
    others = [telling[(label + 1) % len(telling)] for label in labels]
    return {
        "shuffled": [[shuffled(text, random) for text in texts] for _ in range(SHUFFLES)],
        "typos": [[with_typos(text, random) for text in texts]],
        "padded": [
            [padded(text, words, random) for text, words in zip(texts, others, strict=True)]
        ],
        "capitals": [[text.upper() for text in texts]],
    }


def telling_words(
    counts: sparse.csr_array, labels: np.ndarray, words: Sequence[str]
) -> list[list[str]]:
    """For each label the 200 words, of letters alone, that tell most of it, most telling first.

    By the difference of their smoothed log frequencies within the label and without it.

    Args:
        counts: of `words`, by their id, in each training message, shape (n, words).
        labels: indices, shape (n,).
    """
    spelt = np.array([word.isalpha() for word in words])
    found = []
    for label in range(labels.max() + 1):
        within, without = (1 + counts[labels == label].sum(0), 1 + counts[labels != label].sum(0))
        ratio = np.log(within / within.sum()) - np.log(without / without.sum())
        order = np.argsort(-np.where(spelt, ratio, -np.inf), kind="stable")
        found.append([words[word] for word in order[:TELLING_WORDS] if spelt[word]])
    return found


def shuffled(text: str, random: np.random.Generator) -> str:
    """The words, what stands between blanks, in random order."""
    words = text.split()
    return " ".join(words[position] for position in random.permutation(len(words)))


def with_typos(text: str, random: np.random.Generator) -> str:
    """About a fifth of the words of four letters or more with two inner neighbours swapped."""
    words = text.split(" ")
    for position, word in enumerate(words):
        if len(word) >= SHORTEST_TYPO and random.random() < TYPO_SHARE:
            at = int(random.integers(1, len(word) - 2))
            words[position] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)


def padded(text: str, telling: Sequence[str], random: np.random.Generator) -> str:
    """With twenty of the words in `telling` behind it, drawn with replacement."""
    return f"{text}\n{' '.join(random.choice(telling, PADDING_WORDS))}"
