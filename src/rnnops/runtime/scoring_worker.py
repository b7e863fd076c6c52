"""What a process of the scoring pool does: hold the model, turn messages into text, score them."""

import gc
import pkgutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from rnnops.core.console import collect_garbage_rarely
from rnnops.ingest.mail import parse_mail
from rnnops.ingest.rows import MOST_CHARACTERS, clean
from rnnops.runtime.predictions import Predictions

Message = str | bytes  # text, or a raw e-mail


class Scorer(Protocol):
    """What scores texts: `TextClassifier` does."""

    labels: list[str]
    positive: str | None
    threshold: float | None

    def score(self, texts: Sequence[str]) -> Predictions:
        """Labels and probabilities, one a text."""


class ModelFacts(NamedTuple):
    """What the pool knows of the model that its processes hold."""

    labels: list[str]
    positive: str | None
    threshold: float | None


class Scored(NamedTuple):
    """Messages' texts, as the model has read them, and its predictions, as in `Predictions`.

    Lists go between processes faster than arrays.
    """

    texts: list[str]
    labels: list[str]
    decided: list[int]
    probabilities: list[list[float]]

    @property
    def predictions(self) -> Predictions:
        """Without the texts."""
        shape = (len(self.decided), len(self.labels))
        probabilities = np.array(self.probabilities, dtype=np.float64).reshape(shape)
        return Predictions(self.labels, np.array(self.decided, dtype=np.intp), probabilities)


def load_scorer(
    loader: str, folder: Path
) -> tuple[ModelFacts, Callable[[Sequence[Message]], Scored]]:
    """The facts on the model in `folder` and the function that scores messages.

    Args:
        loader: "package.module:function", from a folder to a `Scorer`.

    Raises:
        InputError: as the loader does.
    """
    model: Scorer = pkgutil.resolve_name(loader)(folder)

    def score(messages: Sequence[Message]) -> Scored:
        texts = [text_of(message) for message in messages]
        labels, decided, probabilities = model.score(texts)
        return Scored(texts, list(labels), decided.tolist(), probabilities.tolist())

    score(["a message to warm up with"])
    gc.freeze()  # the model stays; its million words need not be searched for garbage
    collect_garbage_rarely()
    return ModelFacts(list(model.labels), model.positive, model.threshold), score


def text_of(message: Message) -> str:
    """The text of a message that the model reads, at most its first million characters."""
    text = parse_mail(message).text if isinstance(message, bytes) else clean(message)
    return text[:MOST_CHARACTERS]
