"""What a classifier with made-up weights answers, to tell when a format has changed.

`PYTHONPATH=src python tests/runtime_format.py > tests/runtime/format.json` writes what the present
code answers, after FORMAT in `rnnops.runtime.description` has its next number.
"""

import json
import tempfile
from pathlib import Path

import numpy as np

from rnnops.features.featurizer import Featurizer
from rnnops.features.terms import PIECE, Terms
from rnnops.features.tokens import tokenize
from rnnops.features.vocabulary import Vocabulary
from rnnops.linear.classifier import LinearClassifier
from rnnops.recurrent.inference import LayerWeights, RecurrentNetwork
from rnnops.recurrent.sequence_classifier import SequenceClassifier
from rnnops.runtime.description import FORMAT
from rnnops.runtime.text_classifier import TextClassifier

TEXTS = [
    "",
    "see you at noon",
    "WIN a FREE prize!!! Only $9.99 at https://example.com/win, v1agra too",
    "V.I.A.G.R.A for bob@example.com at 10:30 [[hidden-text]] 12/3abc x_y",
    "今天开会 meeting ビットコイン ที่บ้าน",
    "see " * 30 + "you",
]


def waves(*shape: int) -> np.ndarray:
    """Numbers in [-1, 1] that look irregular and are the same everywhere, float32."""
    numbers = np.arange(np.prod(shape, dtype=int))
    return np.sin(numbers * 1.7 + len(shape)).astype(np.float32).reshape(shape)


def made_up_classifier() -> TextClassifier:
    """A hybrid classifier of two layers in both directions."""
    tokens = sorted({token for text in TEXTS for token in tokenize(text)})
    pairs = ["see you", "you at", "win a"]
    pieces = sorted({f"{PIECE} {token[:2]}" for token in tokens} | {f"{PIECE}ee", f"{PIECE}ou "})
    names = sorted([*tokens, *pairs]) + pieces
    terms = Terms(names, 1.5 + waves(len(names)), word_ngrams=2, character_ngrams=4)
    vocabulary = Vocabulary(tokens[::2])
    layers = [
        LayerWeights(waves(2, 4), waves(2, 4, 4), kernel) for kernel in (None, waves(2, 8, 4))
    ]
    network = RecurrentNetwork(
        waves(2, len(vocabulary), 4), layers, waves(16, 2), waves(2), "max_mean", 20, 0.5
    )
    linear = LinearClassifier("linear_svm", "tfidf", waves(len(names), 2).astype(float), waves(2))
    featurizer = Featurizer("hybrid", ["ham", "spam"], vocabulary, terms)
    classifier = SequenceClassifier(network, linear, np.array([0.7, 1.2]))
    return TextClassifier(featurizer, classifier, "spam", 0.4)


def describe() -> dict[str, object]:
    """The format, the files that hold a classifier, and what it makes of TEXTS."""
    classifier = made_up_classifier()
    with tempfile.TemporaryDirectory() as folder:
        classifier.save(Path(folder) / "model")
        files = sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*.*"))
    scored = classifier.score(TEXTS)
    return {
        "format": FORMAT,
        "files": files,
        "tokens": [tokenize(text) for text in TEXTS],
        "labels": [scored.label(message) for message in range(len(TEXTS))],
        "probabilities": [round(float(each), 6) for each in scored.probabilities[:, 1]],
    }


if __name__ == "__main__":
    print(json.dumps(describe(), indent=1, ensure_ascii=False))
