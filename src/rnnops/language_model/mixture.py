"""Several language models as one: a weighted sum of their probabilities.

Jelinek and Mercer, "Interpolated estimation of Markov source parameters from sparse data" (1980).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rnnops.language_model.model import LanguageModel

TOLERANCE = 1e-8  # nats a word: a step of EM that gains less is the last
MOST_STEPS = 1_000


@dataclass(frozen=True)
class Mixture:
    """p = Σ_m weight_m · p_m; the weights are positive or 0 and sum to 1."""

    models: Sequence[LanguageModel]
    weights: np.ndarray

    def probabilities(self, document: np.ndarray) -> np.ndarray:
        """The probability of each token after those before it, shape (tokens,), float64."""
        return self.weights @ np.stack([model.probabilities(document) for model in self.models])

    def distributions(self, document: np.ndarray) -> Iterator[np.ndarray]:
        """The probabilities of all words at each token, in blocks of shape (rows, size)."""
        every = [model.distributions(document) for model in self.models]
        for blocks in zip(*every, strict=True):
            yield self._mix(blocks)

    def following(self, words: np.ndarray) -> np.ndarray:
        """The probabilities of all words after the document that begins with `words`, (size,)."""
        return self._mix([model.following(words) for model in self.models])

    def _mix(self, probabilities: Sequence[np.ndarray]) -> np.ndarray:
        weighted = zip(self.weights, probabilities, strict=True)
        return np.sum([weight * each for weight, each in weighted], axis=0)


def mix(models: Sequence[LanguageModel], documents: Sequence[np.ndarray]) -> Mixture:
    """The mixture whose weights make `documents`, which no model was fitted to, most probable."""
    probabilities = np.stack(
        [np.concatenate([model.probabilities(each) for each in documents]) for model in models]
    )
    return Mixture(models, fit_weights(probabilities))


def fit_weights(probabilities: np.ndarray) -> np.ndarray:
    """The weights, (models,), under which the words are most probable, by EM from equal ones.

    Each step gives a model the mean share that it had in the words' probabilities, which makes
    them more probable or leaves them as they are (Dempster, Laird and Rubin 1977).

    Args:
        probabilities: of each word by each model, shape (models, words).
    """
    weights = np.full(len(probabilities), 1 / len(probabilities))
    before = -np.inf
    for _ in range(MOST_STEPS):
        joint = weights[:, None] * probabilities
        total = joint.sum(axis=0)
        weights = (joint / total).mean(axis=1)
        now = np.log(total).mean()
        if now - before < TOLERANCE:
            break
        before = now
    return weights
