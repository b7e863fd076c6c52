"""Messages changed in one way, to see what a verdict rests on.

| change   | each message                                                                     |
|----------|----------------------------------------------------------------------------------|
| shuffled | has its words in random order: what is lost came from the order                  |
| typos    | has two neighbouring letters swapped in every fifth word                         |
| padded   | has words appended that tell most of another label, as spammers do               |
| capitals | is in capitals                                                                   |

Where no blanks part the words, segments (`data.segmentation`) are shuffled as words are, and
misspelt as the letters of words of four.
"""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from rnnops.text import segmentation

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
    spelt = np.array([word.isalpha() or segmentation.is_unspaced(word) for word in words])
    found = []
    for label in range(labels.max() + 1):
        within, without = (1 + counts[labels == label].sum(0), 1 + counts[labels != label].sum(0))
        ratio = np.log(within / within.sum()) - np.log(without / without.sum())
        order = np.argsort(-np.where(spelt, ratio, -np.inf), kind="stable")
        found.append([words[word] for word in order[:TELLING_WORDS] if spelt[word]])
    return found


def shuffled(text: str, random: np.random.Generator) -> str:
    """The words, what stands between blanks, in random order."""
    words = [piece.strip() for piece in segmentation.cut(text)]
    return segmentation.join([words[position] for position in random.permutation(len(words))])


def with_typos(text: str, random: np.random.Generator) -> str:
    """About a fifth of the words of four letters or more with two inner neighbours swapped."""
    return " ".join(
        "".join(_with_typo(letters, random) for letters in _spelt(word)) for word in text.split(" ")
    )


def _spelt(word: str) -> list[Sequence[str]]:
    """The letters of `word`; where it holds segments, of each four segments of it."""
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


def padded(text: str, telling: Sequence[str], random: np.random.Generator) -> str:
    """With twenty of the words in `telling` behind it, drawn with replacement."""
    return f"{text}\n{' '.join(random.choice(telling, PADDING_WORDS))}"
