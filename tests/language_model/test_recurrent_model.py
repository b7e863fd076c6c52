"""The network in NumPy: the equations, however its documents are read."""

import numpy as np
import pytest

from rnnops.core.files import digest
from rnnops.language_model import recurrent_model
from rnnops.language_model.recurrent_model import RecurrentModel
from rnnops.recurrent.inference import LayerWeights

SIZE, UNITS, END = 11, 4, 10


@pytest.fixture(params=[1, 2])
def model(request):
    random = np.random.default_rng(0)

    def draw(*shape):
        return random.normal(size=shape).astype(np.float32)

    layers = [
        LayerWeights(
            np.zeros((1, UNITS), np.float32) if number == 0 else draw(1, UNITS),
            draw(1, UNITS, UNITS),
            draw(1, UNITS, UNITS) if number else None,
        )
        for number in range(request.param)
    ]
    return RecurrentModel(draw(SIZE, UNITS), layers, draw(SIZE, UNITS), draw(SIZE), END)


def draw_documents(lengths, seed=1):
    random = np.random.default_rng(seed)
    return [random.integers(0, SIZE, length) for length in lengths]


def defined(model, document):
    """The probability of each word, from the equations, word by word."""
    states = [np.zeros(UNITS) for _ in model.layers]
    found = []
    for read, word in zip([END, *document[:-1]], document, strict=True):
        below = None
        for number, layer in enumerate(model.layers):
            projected = model.words[read] if below is None else below @ layer.kernel[0]
            total = projected + layer.bias[0] + states[number] @ layer.recurrent_kernel[0]
            below = states[number] = np.tanh(total)
        powers = np.exp(model.vectors @ below + model.bias)
        found.append(powers[word] / powers.sum())
    return np.array(found)


def test_probabilities_are_as_defined(model):
    for document in draw_documents([1, 2, 50]):
        expected = defined(model, document)
        np.testing.assert_allclose(model.probabilities(document), expected, rtol=1e-4)


def test_documents_read_together_are_read_as_alone(model, monkeypatch):
    monkeypatch.setattr(recurrent_model, "STEPS_AT_ONCE", 100)
    documents = draw_documents([3, 40, 0, 1, 90, 40])
    together = model.surprises(documents)
    for document, surprises in zip(documents, together, strict=True):
        np.testing.assert_allclose(np.exp(-surprises), model.probabilities(document), rtol=1e-5)


def test_distributions_hold_the_probabilities_and_sum_to_one(model):
    (document,) = draw_documents([300])
    blocks = list(model.distributions(document))
    assert [len(block) for block in blocks] == [64, 64, 64, 64, 44]
    found = np.concatenate(blocks)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)
    taken = found[np.arange(len(document)), document]
    np.testing.assert_allclose(taken, model.probabilities(document), rtol=1e-5)
    assert list(model.distributions(document[:0])) == []


def test_words_read_in_parts_leave_the_state_of_words_read_at_once(model):
    (document,) = draw_documents([30])
    expected = np.concatenate(list(model.distributions(document)))
    state = model.read(document[:0])
    np.testing.assert_allclose(model.next_word(state), expected[0], rtol=1e-5)
    for start, end in [(0, 1), (1, 2), (2, 20), (20, 20), (20, 29)]:
        state = model.read(document[start:end], after=state)
        np.testing.assert_allclose(model.next_word(state), expected[end], rtol=1e-5)
    np.testing.assert_allclose(model.following(document[:29]), expected[29], rtol=1e-5)


def test_a_saved_model_answers_alike_and_gives_the_same_bytes_again(model, tmp_path):
    model.save(tmp_path / "first")
    loaded = RecurrentModel.load(tmp_path / "first")
    loaded.save(tmp_path / "second")
    assert digest(tmp_path / "first") == digest(tmp_path / "second")
    (document,) = draw_documents([20])
    np.testing.assert_array_equal(loaded.probabilities(document), model.probabilities(document))
