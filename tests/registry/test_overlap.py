import numpy as np
import pytest
from corpus import campaign_messages

from rnnops.registry import overlap
from rnnops.registry.overlap import has_near_duplicate
from rnnops.split.near_duplicates import word_shingles


@pytest.mark.parametrize("similarity", [0.3, 0.5, 0.7])
def test_every_pair_counts_as_in_a_plain_comparison(monkeypatch, similarity):
    monkeypatch.setattr(overlap, "ROWS", 7)
    texts = campaign_messages(40)["text"].tolist()
    ours, theirs = texts[::3], [text for place, text in enumerate(texts) if place % 3]
    shingles = [[word_shingles(text) for text in each] for each in (ours, theirs)]
    expected = [
        any(len(one & other) / len(one | other) >= similarity for other in shingles[1])
        for one in shingles[0]
    ]
    found = has_near_duplicate(ours, theirs, similarity)
    assert found.dtype == bool
    assert found.tolist() == expected
    assert 0 < np.mean(found) < 1


def test_without_others_or_texts_there_is_none():
    assert has_near_duplicate(["a b c"], [], 0.5).tolist() == [False]
    assert has_near_duplicate([], ["a b c"], 0.5).tolist() == []
