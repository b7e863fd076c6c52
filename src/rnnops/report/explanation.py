"""Why a message got its label: what the classifier believes as it reads, and what each word did."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rnnops.metrics.decision import probability_column
from rnnops.text import segmentation

if TYPE_CHECKING:
    import pandas as pd

MOST_PIECES = 150


@dataclass(frozen=True)
class Explanation:
    """A verdict over a text of n pieces.

    `pieces`: the text in order, a word each, or several words of a long text. `belief`: probability
    of `label` after each piece, shape (n,), as if the text ended there. `contribution`: how much of
    the verdict's probability each piece holds up, shape (n,): the probability of `label` less what
    it is without that piece. `turn`: the first piece from which on the label was the final one.
    """

    label: str
    probability: float
    pieces: list[str]
    belief: np.ndarray
    contribution: np.ndarray
    turn: int


def explain(text: str, predict: Callable[[list[str]], "pd.DataFrame"]) -> Explanation:
    """The verdict of `predict` on `text`, explained by its verdicts on parts of the text.

    Args:
        predict: from texts to a frame with the columns label and p_<label>, a row a text.
    """
    pieces = cut_into_pieces(text)
    verdicts = predict(parts_to_classify(pieces))
    label = verdicts["label"].iloc[0]
    probabilities = verdicts[probability_column(label)].to_numpy()
    return explain_parts(pieces, label, (verdicts["label"] == label).to_numpy(), probabilities)


def parts_to_classify(pieces: list[str]) -> list[str]:
    """The text of n pieces, how it starts, and what it is without each of them: 2n + 1 texts."""
    number = len(pieces)
    read = ["".join(pieces[: end + 1]) for end in range(number)]
    left_out = ["".join(pieces[:out] + pieces[out + 1 :]) for out in range(number)]
    return ["".join(pieces), *read, *left_out]


def explain_parts(
    pieces: list[str], label: str, has_label: np.ndarray, probabilities: np.ndarray
) -> Explanation:
    """The explanation that the verdicts on `parts_to_classify` give.

    Args:
        label: of the whole text.
        has_label: whether each part has it, shape (2n + 1,), bool.
        probabilities: of `label`, shape (2n + 1,).
    """
    number = len(pieces)
    others = np.flatnonzero(~has_label[1 : number + 1])
    return Explanation(
        label=label,
        probability=float(probabilities[0]),
        pieces=pieces,
        belief=probabilities[1 : number + 1],
        contribution=probabilities[0] - probabilities[number + 1 :],
        turn=min(int(others[-1]) + 1, number - 1) if len(others) else 0,
    )


def cut_into_pieces(text: str) -> list[str]:
    """The text as at most 150 pieces of equally many words; joined they are the text.

    Where no blanks part the words, each segment (`data.segmentation`) counts as one.
    """
    words = segmentation.cut(text) or [text]
    size = -(-len(words) // MOST_PIECES)
    return ["".join(words[start : start + size]) for start in range(0, len(words), size)]
