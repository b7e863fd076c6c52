"""Sequences as vectors, on one scale, and in another order."""

import numpy as np
import pandas as pd
import pytest
from drawn_sequences import draw_sequences

from rnnops.sequences.order import rearrange
from rnnops.sequences.scaling import Scaling
from rnnops.sequences.sequences import Sequences
from rnnops.sequences.vectors import QUANTILES, channel_statistics, flatten


def test_a_flattened_sequence_is_interpolated_to_exact_numbers():
    values = np.array([[0, 10], [4, 20], [8, 50]], float)
    (vector,) = flatten([values], 5)
    assert vector.tolist() == [0, 2, 4, 6, 8, 10, 15, 20, 35, 50]
    (vector,) = flatten([values], 3)
    assert vector.tolist() == values.T.ravel().tolist()
    (vector,) = flatten([values], 2)
    assert vector.tolist() == [0, 8, 10, 50]


def test_channel_statistics_are_as_named_and_know_no_order():
    values = draw_sequences(20).values  # noqa: PD011 (sequences of ours)
    vectors = channel_statistics(values, 16)
    first = values[0][:, 0]
    expected = [first.mean(), first.std(), *np.quantile(first, QUANTILES)]
    np.testing.assert_allclose(vectors[0, ::2], expected)
    assert vectors.shape == (20, 14)
    shuffled = rearrange(values, seed=0)["shuffled"]
    np.testing.assert_allclose(channel_statistics(shuffled, 16), vectors, rtol=1e-9)
    assert np.abs(flatten(shuffled, 16) - flatten(values, 16)).max() > 1


def test_steps_are_rearranged_as_a_whole_and_the_same_way_again():
    values = draw_sequences(20).values  # noqa: PD011
    changed = rearrange(values, seed=3)
    for before, shuffled, turned in zip(
        values, changed["shuffled"], changed["reversed"], strict=True
    ):
        np.testing.assert_array_equal(turned, before[::-1])
        assert sorted(map(tuple, shuffled)) == sorted(map(tuple, before))
    assert any((a != b).any() for a, b in zip(values, changed["shuffled"], strict=True))
    for one, two in zip(changed["shuffled"], rearrange(values, 3)["shuffled"], strict=True):
        np.testing.assert_array_equal(one, two)


def test_scaling_is_by_steps_and_leaves_a_constant_channel_at_zero():
    values = [np.array([[1, 5], [2, 5]], float), np.array([[6, 5]], float)]
    scaling = Scaling.fit(values)
    assert scaling.mean.tolist() == [3, 5]
    stacked = np.concatenate(scaling.scale(values))
    np.testing.assert_allclose(stacked[:, 0].mean(), 0, atol=1e-6)
    np.testing.assert_allclose(stacked[:, 0].std(), 1, rtol=1e-6)
    assert stacked[:, 1].tolist() == [0, 0, 0]
    assert stacked.dtype == np.float32


@pytest.mark.parametrize("names", [["x", "y"], ["label", "x_id"]])
def test_a_frame_of_sequences_gives_them_back(tmp_path, names):
    drawn = draw_sequences(6)
    sequences = Sequences(drawn.ids, drawn.labels, drawn.sources, names, drawn.values)
    path = tmp_path / "sequences.parquet"
    sequences.to_frame().to_parquet(path)
    again = Sequences.from_frame(pd.read_parquet(path))
    for name in ("ids", "labels", "sources", "channels"):
        assert getattr(again, name) == getattr(sequences, name)
    for one, two in zip(again.values, sequences.values, strict=True):
        np.testing.assert_array_equal(one, two)
