"""The published language model: raw text in, its surprise and the next words out.

It needs NumPy; neither Keras, nor TensorFlow, scikit-learn or MLflow.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from rnnops.core import files
from rnnops.core.errors import InputError
from rnnops.language_model.kneser_ney import KneserNey
from rnnops.language_model.mixture import Mixture
from rnnops.language_model.recurrent_model import RecurrentModel
from rnnops.language_model.vocabulary import END, UNKNOWN, Vocabulary
from rnnops.runtime.language_description import DESCRIPTION, FORMAT, is_language_model

if TYPE_CHECKING:
    import pandas as pd

NETWORK, NGRAMS, VOCABULARY = "network", "kneser_ney", "vocabulary"


class NextWord(NamedTuple):
    """A word that may come next; `<end>` is the end of the sentence."""

    word: str
    probability: float


@dataclass(frozen=True)
class TextLanguageModel:
    """A network and an n-gram model, whose probabilities are mixed by `weights`."""

    vocabulary: Vocabulary
    network: RecurrentModel
    ngrams: KneserNey
    weights: tuple[float, float]

    @property
    def mixture(self) -> Mixture:
        """The two models as one."""
        return Mixture([self.network, self.ngrams], np.array(self.weights))

    def predict(self, texts: Iterable[str]) -> "pd.DataFrame":
        """How surprising each text is, and what comes after it.

        Columns `words` and `unknown_words` (ends of sentences are words), `bits` (Σ −log2 p),
        `next_word` (the most probable one, if the text went on) and its `probability`.
        """
        import pandas as pd

        columns = ["words", "unknown_words", "bits", "next_word", "probability"]
        return pd.DataFrame([self._predict(text) for text in texts], columns=columns)

    def next_words(self, text: str, number: int) -> list[NextWord]:
        """The most probable words after a text that goes on, `number` of them; never unknown ones.

        Probabilities are of all words, the unknown one among them.
        """
        probabilities = self.mixture.following(self.vocabulary.ids(text, is_whole=False))
        order = np.argsort(-probabilities, kind="stable")
        known = [int(word) for word in order if word != UNKNOWN][:number]
        return [NextWord(self.vocabulary.words[word], float(probabilities[word])) for word in known]

    def sample(self, text: str, words: int, random: np.random.Generator) -> str:
        """A continuation of the text, drawn word by word, without unknown words.

        Args:
            words: how many, ends of sentences not counted.
        """
        begun = self.vocabulary.ids(text, is_whole=False)
        drawn: list[int] = []
        while sum(word != END for word in drawn) < words:
            read = np.concatenate([begun, np.array(drawn, np.int32)])
            probabilities = self.mixture.following(read)
            probabilities[UNKNOWN] = 0
            if drawn and drawn[-1] == END:
                probabilities[END] = 0
            drawn.append(
                int(random.choice(len(probabilities), p=probabilities / probabilities.sum()))
            )
        return self.vocabulary.text(drawn)

    def save(self, folder: str | Path) -> None:
        """Write the model as JSON and NumPy files; replaces `folder`."""
        with files.atomic_folder(folder) as place:
            described = {"format": FORMAT, "weights": list(self.weights)}
            files.write_json(described, place / DESCRIPTION)
            self.vocabulary.save(place / VOCABULARY)
            self.network.save(place / NETWORK)
            self.ngrams.save(place / NGRAMS)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The model that `save` wrote.

        Raises:
            InputError: when it is not of this format.
        """
        folder = Path(folder)
        if not is_language_model(folder):
            raise InputError(
                f"{folder} holds no language model that this rnnops reads: `make next-word` "
                "makes one"
            )
        first, second = files.read_json(folder / DESCRIPTION)["weights"]
        return cls(
            Vocabulary.load(folder / VOCABULARY),
            RecurrentModel.load(folder / NETWORK),
            KneserNey.load(folder / NGRAMS),
            (first, second),
        )

    def _predict(self, text: str) -> tuple[int, int, float, str, float]:
        ids = self.vocabulary.ids(text)
        bits = -np.log2(self.mixture.probabilities(ids)).sum() if len(ids) else 0.0
        (following,) = self.next_words(text, 1)
        return len(ids), int(np.sum(ids == UNKNOWN)), float(bits), *following


def read_vocabulary(folder: Path) -> Sequence[str]:
    """The words that the language model in `folder` knows, by id."""
    return Vocabulary.load(folder / VOCABULARY).words
