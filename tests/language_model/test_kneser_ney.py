"""Kneser-Ney against its definition, written out in dictionaries for small documents."""

from collections import defaultdict

import numpy as np
import pytest

from rnnops.core.files import digest
from rnnops.language_model.kneser_ney import KneserNey

SIZE = 60
START = -1


def draw_documents(number, seed):
    """Documents with n-grams that come again: each word depends on the two before it."""
    random = np.random.default_rng(seed)
    documents = []
    for length in random.integers(1, 40, number):
        words = [0, 1]
        for _ in range(length):
            likely = (3 * words[-1] + words[-2]) % 7
            rare = min(int(random.zipf(1.3)), SIZE - 2)
            words.append(likely if random.random() < 0.6 else rare)
        documents.append(np.array(words[2:]))
    return documents


def defined(documents, size, order):
    """The probability of a word after others, as Chen and Goodman define it."""
    grams = [defaultdict(int) for _ in range(order + 1)]
    for document in documents:
        padded = [START] * (order - 1) + document.tolist()
        for end in range(order - 1, len(padded)):
            for n in range(1, order + 1):
                grams[n][tuple(padded[end - n + 1 : end + 1])] += 1
    counts = dict(enumerate(grams))
    for n in range(1, order):
        counts[n] = defaultdict(int)
        for gram in grams[n + 1]:
            counts[n][gram[1:]] += 1
    discounts = {}
    for n in range(1, order + 1):
        n1, n2, n3, n4 = (sum(c == k for c in counts[n].values()) for k in (1, 2, 3, 4))
        y = n1 / (n1 + 2 * n2)
        discounts[n] = (0, 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
        assert min(discounts[n]) >= 0  # no order falls back

    def probability(word, context, n):
        if n == 0:
            return 1 / size
        context = context[len(context) - n + 1 :]
        followers = {g[-1]: c for g, c in counts[n].items() if g[:-1] == context}
        shorter = probability(word, context[1:], n - 1)
        if not followers:
            return shorter
        count = followers.get(word, 0)
        left = sum(discounts[n][min(c, 3)] for c in followers.values())
        kept = count - discounts[n][min(count, 3)]
        return (kept + left * shorter) / sum(followers.values())

    return lambda word, before: probability(
        word, ((START,) * (order - 1) + tuple(before))[len(before) :], order
    )


@pytest.mark.parametrize("order", [1, 2, 3])
def test_probabilities_are_as_defined(order):
    documents = draw_documents(60, seed=1)
    model = KneserNey.fit(documents, SIZE, order)
    probability = defined(documents, SIZE, order)
    unseen = np.array([SIZE - 1, SIZE - 1, 0, SIZE - 1])
    for document in [*documents[:3], *draw_documents(3, seed=2), unseen]:
        expected = [
            probability(word, document[:place].tolist()) for place, word in enumerate(document)
        ]
        np.testing.assert_allclose(model.probabilities(document), expected, rtol=1e-12)


@pytest.mark.parametrize("order", [1, 3, 5])
def test_distributions_hold_the_probabilities_and_sum_to_one(order):
    size = SIZE - 1  # the last word is a frequent one
    model = KneserNey.fit(draw_documents(60, seed=1), size, order)
    document = np.concatenate(draw_documents(30, seed=3))
    blocks = list(model.distributions(document))
    assert len(blocks) > 1
    found = np.concatenate(blocks)
    assert found.shape == (len(document), size)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)
    taken = found[np.arange(len(document)), document]
    np.testing.assert_allclose(taken, model.probabilities(document), rtol=1e-12)


def test_a_corpus_without_counts_for_discounts_has_probabilities_too():
    model = KneserNey.fit([np.array([0, 1, 2])], 4, 3)
    (block,) = model.distributions(np.array([3, 0, 1, 2]))
    np.testing.assert_allclose(block.sum(axis=1), 1, rtol=1e-12)
    assert (block > 0).all()
    assert block[3].argmax() == 2


def test_what_follows_is_the_distribution_at_the_next_token():
    model = KneserNey.fit(draw_documents(60, seed=1), SIZE, 3)
    document = np.concatenate(draw_documents(3, seed=3))[:20]
    (block,) = model.distributions(document)
    for place in (0, 1, 2, 3, 19):
        np.testing.assert_array_equal(model.following(document[:place]), block[place])


def test_a_saved_model_answers_alike_and_gives_the_same_bytes_again(tmp_path):
    model = KneserNey.fit(draw_documents(60, seed=1), SIZE, 3)
    model.save(tmp_path / "first")
    loaded = KneserNey.load(tmp_path / "first")
    loaded.save(tmp_path / "second")
    assert digest(tmp_path / "first") == digest(tmp_path / "second")
    document = draw_documents(1, seed=2)[0]
    np.testing.assert_array_equal(loaded.probabilities(document), model.probabilities(document))
