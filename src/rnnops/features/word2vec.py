"""Word vectors learnt from the training split (skip-gram with negative sampling)."""

import zlib
from collections.abc import Sequence

import numpy as np
from gensim.models import Word2Vec

from rnnops.features.params import Word2VecParams
from rnnops.features.vocabulary import PADDING_ID, Vocabulary


def train_word_vectors(
    sequences: Sequence[np.ndarray], vocabulary: Vocabulary, params: Word2VecParams
) -> np.ndarray:
    """Vectors by word id, shape (vocabulary, dimension), float32; padding's is zero.

    Mikolov et al. (2013). Rare words are trained as the unknown word, so that it has a vector of
    its own. One worker and a fixed hash: the same input gives the same bytes.
    """
    model = Word2Vec(
        [list(map(str, sequence)) for sequence in sequences],
        vector_size=params.dimension,
        window=params.window,
        negative=params.negative,
        epochs=params.epochs,
        sg=1,
        min_count=1,
        workers=1,
        seed=params.seed,
        hashfxn=lambda word: zlib.crc32(str(word).encode()),
    )
    vectors = np.zeros((len(vocabulary), params.dimension), np.float32)
    for word_id in range(PADDING_ID + 1, len(vocabulary)):
        if str(word_id) in model.wv:
            vectors[word_id] = model.wv[str(word_id)]
    return vectors
