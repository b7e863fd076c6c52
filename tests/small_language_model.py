"""A language model of a few words, made without training."""

import numpy as np

from rnnops.language_model.kneser_ney import KneserNey
from rnnops.language_model.recurrent_model import RecurrentModel
from rnnops.language_model.vocabulary import END, Vocabulary
from rnnops.recurrent.inference import LayerWeights
from rnnops.runtime.text_language_model import TextLanguageModel

TEXTS = ["the dog sees the cat .\nthe cat sleeps .", "a dog sees <b> & the cat ."]
UNITS = 4


def small_language_model(seed: int = 0) -> TextLanguageModel:
    """A random network and the n-grams of `TEXTS`."""
    vocabulary = Vocabulary.fit(TEXTS, 12, is_tokenized=True)
    random, size = np.random.default_rng(seed), len(vocabulary)

    def array(*shape: int) -> np.ndarray:
        return random.normal(0, 0.5, shape).astype(np.float32)

    layer = LayerWeights(np.zeros((1, UNITS), np.float32), array(1, UNITS, UNITS), None)
    network = RecurrentModel(array(size, UNITS), [layer], array(size, UNITS), array(size), END)
    ngrams = KneserNey.fit([vocabulary.ids(text) for text in TEXTS], size, 2)
    return TextLanguageModel(vocabulary, network, ngrams, (0.25, 0.75))
