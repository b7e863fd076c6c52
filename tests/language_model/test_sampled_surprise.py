"""The softmax over drawn words against that over all."""

import keras
import numpy as np
import pytest

from rnnops.language_model.sampled_surprise import draw_words, sampled_surprise
from rnnops.language_model.surprise import surprise

SIZE = 12

pytestmark = pytest.mark.usefixtures("cpu")


def losses_and_gradients(loss_of, states, vectors, bias):
    tf = pytest.importorskip("tensorflow")
    arguments = [tf.constant(each) for each in (states, vectors, bias)]
    with tf.GradientTape() as tape:
        tape.watch(arguments)
        losses = loss_of(*arguments)
        total = tf.reduce_sum(losses)
    return [losses.numpy(), *(each.numpy() for each in tape.gradient(total, arguments))]


def test_with_many_drawn_words_it_is_the_softmax_over_all():
    random = np.random.default_rng(0)
    arrays = [
        random.normal(size=shape).astype(np.float32) for shape in [(10, 4), (SIZE, 4), (SIZE,)]
    ]
    words = random.integers(0, SIZE, 10).astype(np.int32)
    drawn = draw_words(200_000, SIZE, keras.random.SeedGenerator(0))
    found = losses_and_gradients(
        lambda *each: sampled_surprise(*each, words, drawn, factors="float32"), *arrays
    )
    expected = losses_and_gradients(
        lambda *each: surprise(*each, words, factors="float32", shards=1), *arrays
    )
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0.03, atol=0.02)


def test_words_are_drawn_as_often_as_their_rank_says():
    drawn = keras.ops.convert_to_numpy(draw_words(300_000, 50, keras.random.SeedGenerator(1)))
    shares = np.bincount(drawn, minlength=50) / len(drawn)
    ranks = np.arange(50)
    np.testing.assert_allclose(shares, np.log((ranks + 2) / (ranks + 1)) / np.log(51), atol=0.003)


def test_a_drawn_word_that_comes_next_is_not_counted_twice():
    states, bias = np.zeros((1, 2), np.float32), np.zeros(5, np.float32)
    vectors = np.zeros((5, 2), np.float32)
    drawn = np.full(7, 3, np.int32)
    (loss,) = sampled_surprise(
        *map(keras.ops.convert_to_tensor, (states, vectors, bias)),
        np.array([3], np.int32),
        keras.ops.convert_to_tensor(drawn),
        factors="float32",
    )
    assert float(loss) == 0.0
