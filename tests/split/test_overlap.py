import numpy as np
import pandas as pd
import pytest
from corpus import WORDS, campaign_messages

from rnnops.core import layout
from rnnops.split import overlap
from rnnops.split.overlap import shingle_matrix, training_overlap
from rnnops.split.shingles import Shingles, word_shingles

MEASURED = [layout.VALIDATION, layout.TEST]


def overlap_of(texts, split, measured=MEASURED):
    matrix = shingle_matrix(Shingles.of(texts).hashes)
    return training_overlap(matrix, pd.Series(split), measured, seed=0)


def drawn_splits(rows):
    return np.random.default_rng(1).choice(layout.SPLIT_NAMES, rows, p=[0.6, 0.2, 0.2])


@pytest.mark.parametrize("pairs_at_once", [1, 1000, 10_000_000])
def test_overlap_is_that_of_the_sets_of_shingles(monkeypatch, pairs_at_once):
    monkeypatch.setattr(overlap, "_PAIRS_AT_ONCE", pairs_at_once)
    texts = campaign_messages(40)["text"]
    split = drawn_splits(len(texts))
    found = overlap_of(texts, split)
    sets = [word_shingles(text) for text in texts]
    training = [each for each, name in zip(sets, split, strict=True) if name == layout.TRAIN]
    for row, own in enumerate(sets):
        if split[row] == layout.TRAIN:
            assert found.loc[row].isna().all()
        else:
            similarity = max(len(own & other) / len(own | other) for other in training)
            containment = max(len(own & other) / len(own) for other in training)
            assert found.loc[row].tolist() == [similarity, containment]


def test_rows_and_columns_are_texts_and_shingles_and_the_index_is_the_splits():
    matrix = shingle_matrix(Shingles.of(["one two three four", "two three four"]).hashes)
    assert matrix.dtype == np.int32
    assert matrix.toarray().sum(axis=1).tolist() == [2, 1]
    split = pd.Series([layout.TRAIN, layout.TEST], index=[7, 3])
    found = training_overlap(matrix, split, MEASURED, seed=0)
    assert found.index.tolist() == [7, 3]
    assert found.dtypes.tolist() == [np.float64, np.float64]
    assert found.loc[3].tolist() == [0.5, 1]


def test_a_quoted_reply_is_contained_though_it_is_no_near_duplicate():
    random = np.random.default_rng(0)
    quoted, rest = (" ".join(random.choice(WORDS, 50)) for _ in range(2))
    thread = f"{quoted} {rest} {rest[::-1]}"
    found = overlap_of([thread, f"thanks {quoted}"], [layout.TRAIN, layout.TEST])
    assert found["train_similarity"][1] < 0.4
    assert found["train_containment"][1] == 48 / 49


def test_of_a_large_split_a_sample_of_the_stated_size_is_measured(monkeypatch):
    monkeypatch.setattr(overlap, "MEASURED_AT_MOST", 20)
    texts = campaign_messages(60)["text"]
    split = drawn_splits(len(texts))
    found, again = (overlap_of(texts, split) for _ in range(2))
    is_measured = found.notna().all(axis=1)
    assert {name: is_measured[split == name].sum() for name in layout.SPLIT_NAMES} == {
        layout.TRAIN: 0, layout.VALIDATION: 20, layout.TEST: 20,
    }  # fmt: skip
    pd.testing.assert_frame_equal(found, again)


def test_nothing_is_shared_with_a_training_split_without_messages():
    assert overlap_of(["one two three four"], [layout.TEST]).to_numpy().tolist() == [[0, 0]]
