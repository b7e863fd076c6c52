"""The published language model, from text to text."""

import numpy as np
import pytest
from small_language_model import TEXTS, small_language_model

from rnnops.core import files
from rnnops.core.errors import InputError
from rnnops.runtime.text_language_model import TextLanguageModel


@pytest.fixture
def model():
    return small_language_model()


def test_bits_are_those_of_the_mixture_of_both(model):
    ids = model.vocabulary.ids(TEXTS[0])
    mixed = 0.25 * model.network.probabilities(ids) + 0.75 * model.ngrams.probabilities(ids)
    (row,) = model.predict(TEXTS[:1]).to_dict("records")
    assert row["words"] == len(ids) == 12
    assert row["bits"] == pytest.approx(-np.log2(mixed).sum())


def test_unknown_words_are_counted_and_an_empty_text_costs_nothing(model):
    frame = model.predict(["the zebra sees the okapi .", ""])
    assert frame["unknown_words"].tolist() == [2, 0]
    assert frame["words"].tolist() == [7, 0]
    assert frame["bits"][1] == 0


def test_next_words_are_the_most_probable_ones_without_the_unknown_word(model):
    found = model.next_words("the", len(model.vocabulary))
    probabilities = [each.probability for each in found]
    assert probabilities == sorted(probabilities, reverse=True)
    assert {each.word for each in found} == set(model.vocabulary.words) - {"<unknown>"}
    everything = model.mixture.following(model.vocabulary.ids("the", is_whole=False))
    assert sum(probabilities) == pytest.approx(1 - everything[1])


def test_what_comes_next_depends_on_the_words_before(model):
    assert model.next_words("the dog", 3) != model.next_words("the cat", 3)
    assert model.next_words("the cat sleeps .", 1)[0].word == "<end>"


def test_a_sample_has_the_words_asked_for_and_is_the_same_for_a_seed(model):
    first, again, other = (
        model.sample("the", 8, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert len(first.split()) == 8
    assert first == again != other
    assert "<unknown>" not in first


def test_a_saved_model_answers_alike_and_gives_the_same_bytes(model, tmp_path):
    model.save(tmp_path / "a")
    loaded = TextLanguageModel.load(tmp_path / "a")
    loaded.save(tmp_path / "b")
    assert files.digest(tmp_path / "a") == files.digest(tmp_path / "b")
    assert loaded.predict(TEXTS).equals(model.predict(TEXTS))


def test_another_format_is_refused(model, tmp_path):
    model.save(tmp_path / "a")
    files.write_json({"format": 99, "weights": [0.5, 0.5]}, tmp_path / "a/language_model.json")
    with pytest.raises(InputError, match="holds no language model that this rnnops reads"):
        TextLanguageModel.load(tmp_path / "a")
