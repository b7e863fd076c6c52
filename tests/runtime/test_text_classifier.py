import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from small_classifier import LABELS, TEXTS, hybrid_classifier

from rnnops.core import files
from rnnops.core.errors import InputError
from rnnops.linear.classifier import LinearClassifier
from rnnops.runtime.description import FORMAT, is_readable, read_decision_rule
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
    for name in ("one", "two"):
        classifier.save(tmp_path / name)
    assert files.digest(tmp_path / "one") == files.digest(tmp_path / "two")
    loaded = TextClassifier.load(tmp_path / "one")
    assert (loaded.positive, loaded.threshold) == ("spam", 0.5)
    assert loaded.predict(TEXTS).equals(classifier.predict(TEXTS))
    assert read_decision_rule(tmp_path / "one") == {
        "labels": ["ham", "spam"], "positive": "spam", "threshold": 0.5,
    }  # fmt: skip


def test_word_vectors_are_saved_only_for_a_linear_half_that_reads_them(classifier, tmp_path):
    classifier.save(tmp_path / "terms")
    assert TextClassifier.load(tmp_path / "terms").featurizer.word_vectors is None
    vectors = classifier.featurizer.word_vectors
    linear = LinearClassifier("mean_word2vec", "mean_vectors", vectors[:6, :2], vectors[0, :2])
    reads_vectors = replace(classifier, network=replace(classifier.network, linear=linear))
    reads_vectors.save(tmp_path / "vectors")
    loaded = TextClassifier.load(tmp_path / "vectors")
    assert loaded.predict(TEXTS).equals(reads_vectors.predict(TEXTS))


def test_another_format_is_one_clear_line(classifier, tmp_path):
    classifier.save(tmp_path / "new")
    description = tmp_path / "new" / "classifier.json"
    described = files.read_json(description)
    files.write_json({**described, "format": FORMAT + 1}, description)
    with pytest.raises(InputError, match=f"has format {FORMAT + 1}, but .* reads {FORMAT}: use"):
        TextClassifier.load(tmp_path / "new")
    assert not is_readable(tmp_path / "new")
    assert read_decision_rule(tmp_path / "new")["threshold"] == 0.5  # the gate asks for it
    with pytest.raises(InputError, match=r"nowhere holds no classifier that this rnnops reads"):
        TextClassifier.load(tmp_path / "nowhere")


@pytest.mark.parametrize("kept", [0, 20])
@pytest.mark.parametrize("damaged", ["classifier.json", "network/recurrent/words.npy"])
def test_a_damaged_classifier_is_one_clear_line(classifier, tmp_path, damaged, kept):
    classifier.save(tmp_path / "model")
    file = tmp_path / "model" / damaged
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(InputError, match=r"damaged") as raised:
        TextClassifier.load(tmp_path / "model")
    assert "\n" not in str(raised.value)


def test_a_linear_classifier_alone_is_none_that_can_be_loaded(classifier, tmp_path):
    classifier.network.linear.save(tmp_path / "linear")
    assert not is_readable(tmp_path / "linear")


@pytest.mark.slow  # it starts Python
def test_it_answers_with_no_framework_imported(classifier, tmp_path):
    classifier.save(tmp_path / "model")
    heavy = ["keras", "tensorflow", "jax", "torch", "sklearn", "mlflow", "pandas", "gensim"]
    program = f"""
import sys
from rnnops.runtime.text_classifier import TextClassifier

scored = TextClassifier.load(sys.argv[1]).score(["win cash now", "notes"])
print(*(scored.label(message) for message in range(2)))
print(*(name for name in sorted(sys.modules) if name.split(".")[0] in {heavy}))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "model")], capture_output=True, text=True
    )
    assert done.stdout == "spam ham\n\n", done.stderr
