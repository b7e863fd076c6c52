"""Measures against values counted by hand."""

import numpy as np
import pytest

from rnnops.language_model.kneser_ney import KneserNey
from rnnops.language_model.measures import draw_documents, measure_models

UNKNOWN = 0


class Given:
    """A model with the distributions that it is given, two rows a block."""

    def __init__(self, rows):
        self.rows = np.array(rows)

    def distributions(self, document):
        for first in range(0, len(document), 2):
            yield self.rows[first : first + 2][: len(document) - first]


def measure(model, documents):
    ranked = range(len(documents))
    return measure_models({"given": model}, {}, documents, unknown=UNKNOWN, ranked=ranked)["given"]


ROWS = [
    [0.5, 0.25, 0.125, 0.0625, 0.0625, 0, 0],
    [0.0625, 0.5, 0.25, 0.125, 0.0625, 0, 0],
    [0.25, 0.25, 0.25, 0.25, 0, 0, 0],
]


def test_a_document_is_counted():
    (row,) = measure(Given(ROWS), [np.array([0, 4, 1])]).to_dict("records")
    assert row == {"words": 3, "unknown_words": 1, "bits": 1 + 4 + 2, "top_1": 1, "top_5": 3}


def test_of_equally_probable_words_the_lowest_id_comes_first():
    uniform = Given([[0.125] * 8])
    measured = measure(uniform, [np.array([word]) for word in range(8)])
    assert measured["top_1"].tolist() == [1, 0, 0, 0, 0, 0, 0, 0]
    assert measured["top_5"].tolist() == [1, 1, 1, 1, 1, 0, 0, 0]


def test_measures_are_those_of_sorted_distributions():
    random = np.random.default_rng(0)
    documents = [random.zipf(1.5, 400).clip(max=30) - 1 for _ in range(4)]
    model = KneserNey.fit(documents[:2], 30, 3)
    measured = measure(model, documents[2:])
    for document, row in zip(documents[2:], measured.to_dict("records"), strict=True):
        block = np.concatenate(list(model.distributions(document)))
        order = np.argsort(-block, axis=1, kind="stable")
        assert row["top_1"] == np.count_nonzero(order[:, 0] == document)
        assert row["top_5"] == np.count_nonzero(order[:, :5] == document[:, None])
        assert row["bits"] == pytest.approx(-np.log2(model.probabilities(document)).sum())


def test_a_mixture_is_measured_as_the_weighted_sum_ranked_or_not():
    random = np.random.default_rng(1)
    documents = [random.zipf(1.5, 300).clip(max=30) - 1 for _ in range(4)]
    models = {str(order): KneserNey.fit(documents[:2], 30, order) for order in (1, 3)}
    weights = {"1": 0.25, "3": 0.75}
    found = measure_models(models, {"both": weights}, documents, unknown=UNKNOWN, ranked=[2])
    for place, document in enumerate(documents):
        mixed = sum(weights[name] * models[name].probabilities(document) for name in models)
        assert found["both"]["bits"][place] == pytest.approx(-np.log2(mixed).sum())
    assert found["both"]["top_1"].notna().tolist() == [False, False, True, False]


def test_documents_are_drawn_until_they_have_the_words():
    documents = [np.zeros(10)] * 30
    drawn = draw_documents(documents, 95, seed=0)
    assert len(set(drawn)) == 10
    assert draw_documents(documents, 95, seed=1) != drawn
    assert sorted(draw_documents(documents, 1_000, seed=0)) == list(range(30))
