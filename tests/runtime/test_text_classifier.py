from dataclasses import replace

import numpy as np
import pytest
from small_classifier import LABELS, TEXTS, hybrid_classifier

from rnnops.core import files
from rnnops.runtime.text_classifier import TextClassifier


@pytest.fixture(scope="module")
def classifier():
    featurizer, _, network = hybrid_classifier()
    return TextClassifier(featurizer, network, "spam", 0.5)


def test_each_text_gets_a_label_and_the_probability_of_each(classifier):
    found = classifier.predict(TEXTS)
    assert list(found) == ["label", "probability", "p_ham", "p_spam"]
    assert found["label"].tolist() == np.array(["ham", "spam"])[LABELS].tolist()
    np.testing.assert_allclose(found["p_ham"] + found["p_spam"], 1, atol=1e-6)
    of_label = np.where(found["label"] == "spam", found["p_spam"], found["p_ham"])
    np.testing.assert_array_equal(found["probability"], of_label)


def test_a_text_is_positive_only_above_the_threshold(classifier):
    probability = classifier.predict(TEXTS[:1])["p_spam"].item()
    below = replace(classifier, threshold=np.nextafter(probability, 0))
    assert below.predict(TEXTS[:1])["label"].tolist() == ["spam"]
    at = replace(classifier, threshold=probability)
    assert at.predict(TEXTS[:1])["label"].tolist() == ["ham"]
    most_probable = replace(classifier, positive=None, threshold=None)
    assert most_probable.predict(TEXTS[:1])["label"].tolist() == ["spam"]


def test_a_prediction_does_not_depend_on_the_texts_beside_it(classifier):
    together = classifier.predict(TEXTS[:4])
    for text, row in zip(TEXTS[:4], together.to_dict("records"), strict=True):
        alone = classifier.predict([text]).to_dict("records")[0]
        assert alone["p_spam"] == pytest.approx(row["p_spam"], abs=1e-6)


def test_no_text_and_empty_texts_are_classified_too(classifier):
    assert classifier.predict([]).empty
    assert set(classifier.predict(["", "\0", "zzz"])["label"]) <= {"ham", "spam"}


def test_saved_and_loaded_it_predicts_the_same(classifier, tmp_path):
    classifier.featurizer.save(tmp_path / "featurizer")
    (tmp_path / "network").mkdir()
    classifier.network.save(tmp_path / "network")
    files.write_json({"positive": "spam", "threshold": 0.5}, tmp_path / "decision.json")
    paths = (tmp_path / name for name in ("featurizer", "network", "decision.json"))
    loaded = TextClassifier.load(*paths)
    assert (loaded.positive, loaded.threshold) == ("spam", 0.5)
    assert loaded.predict(TEXTS).equals(classifier.predict(TEXTS))
