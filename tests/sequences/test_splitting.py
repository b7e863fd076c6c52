"""Splits that no near-duplicate and no group crosses, and that stay as they are when data grow."""

from itertools import combinations

import numpy as np
import pytest
from drawn_sequences import draw_sequences

from rnnops.core import layout
from rnnops.core.errors import InputError
from rnnops.sequences.sequences import Sequences
from rnnops.sequences.splitting import shingles_of, tie_groups
from rnnops.split.near_duplicates import earlier_near_duplicates, jaccard
from rnnops.split.params import Split
from rnnops.split.splits import assign_splits, check_labels

PARAMS = Split(train=0.5, validation=0.25, test=0.25, near_duplicate_similarity=0.3, seed=0)


def windows(recordings, *, steps=20, apart=8, each=4, seed=0):
    """Overlapping windows of random recordings, one after the other."""
    random = np.random.default_rng(seed)
    found = []
    for _ in range(recordings):
        whole = random.normal(size=(steps + apart * (each - 1), 2))
        found += [whole[start : start + steps] for start in range(0, apart * each, apart)]
    return found


def named(values, groups):
    ids = [f"w{place}" for place in range(len(values))]
    return Sequences(ids, ["a"] * len(values), list(groups), ["x", "y"], list(values))


def split(sequences, *, has_groups=True, params=PARAMS):
    """The rows with their cluster and split, as the stage makes them."""
    shingles = shingles_of(sequences.values)
    neighbours = earlier_near_duplicates(shingles, params.near_duplicate_similarity)
    if has_groups:
        neighbours = tie_groups(neighbours, shingles.hashes, sequences.sources)
    return assign_splits(sequences.to_frame(), neighbours, params)


def splits_of(assigned, column):
    """In how many splits each value of the column is; rows that are left out aside."""
    kept = assigned[assigned["split"] != layout.EXCLUDED]
    return kept.groupby(column)["split"].nunique()


def test_overlapping_windows_are_near_duplicates_and_others_are_not():
    hashes = shingles_of(windows(2)).hashes
    similarity = jaccard(hashes[0], hashes[1])
    assert similarity == pytest.approx(10 / 26)  # 10 of the 18 runs of three steps are shared
    assert jaccard(hashes[0], hashes[3]) == 0
    assert jaccard(hashes[3], hashes[4]) == 0


def test_the_last_digit_and_the_order_make_another_step_but_the_sign_of_zero_does_not():
    first = np.arange(8.0).reshape(4, 2)
    others = [first[::-1], first + 1e-12, first * -1.0 * -1.0, first[:, ::-1]]
    own, *hashes = shingles_of([first, *others]).hashes
    assert [jaccard(own, each) for each in hashes] == [0, 0, 1, 0]
    assert jaccard(*shingles_of([0 * first, -0.0 * first]).hashes) == 1


def test_a_sequence_shorter_than_a_run_is_one_run():
    long, short, again = shingles_of([np.ones((5, 1)), np.ones((2, 1)), np.ones((2, 1))]).hashes
    assert len(short) == 1
    assert jaccard(short, again) == 1
    assert jaccard(short, long) == 0


@pytest.mark.parametrize("seed", range(4))
def test_overlapping_windows_never_cross_splits(seed):
    recordings = [f"r{place // 4}" for place in range(120)]
    sequences = named(windows(30, seed=seed), recordings)
    assigned = split(sequences, has_groups=False)
    assert set(assigned["split"]) == set(layout.SPLIT_NAMES)
    assert (splits_of(assigned, "source") == 1).all()  # the windows of a recording are chained
    assert assigned["cluster"].nunique() == 30


def no_near_duplicate_crosses(assigned, sequences):
    hashes = shingles_of(sequences.values).hashes
    names = assigned["split"].tolist()
    return all(
        names[one] == names[two]
        or layout.EXCLUDED in (names[one], names[two])
        or jaccard(hashes[one], hashes[two]) < PARAMS.near_duplicate_similarity
        for one, two in combinations(range(len(names)), 2)
    )


def tied_groups(seed):
    """Windows of forty recordings, some repeated, in groups that their near-duplicates tie."""
    random = np.random.default_rng(seed)
    groups = [f"g{place // 4}" for place in range(160)]
    for row in random.choice(160, 12, replace=False):
        groups[row] = f"g{random.integers(40)}"
    order = random.permutation(160)
    values = windows(40, seed=seed)
    for row in random.choice(160, 24, replace=False):
        values[row] = values[random.integers(4)]
    return named([values[row] for row in order], [groups[row] for row in order])


@pytest.mark.parametrize("seed", range(6))
def test_a_group_never_crosses_splits_even_where_near_duplicates_tie_groups(seed):
    sequences = tied_groups(seed)
    assigned = split(sequences)
    assert (splits_of(assigned, "source") == 1).all()
    assert (splits_of(assigned, "cluster") == 1).all()
    assert no_near_duplicate_crosses(assigned, sequences)
    assert (assigned["split"] == layout.EXCLUDED).mean() < 0.2
    alone = split(sequences, has_groups=False)
    assert (splits_of(alone, "source") > 1).any()  # the groups are what keeps them together


@pytest.mark.parametrize("seed", range(6))
def test_sequences_that_are_added_change_no_split_of_those_before_them(seed):
    sequences = tied_groups(seed)
    before = split(sequences.rows(range(100)))["split"]
    after = split(sequences)["split"]
    assert after[:100].tolist() == before.tolist()
    assert after[100:].nunique() > 1


def test_a_group_is_in_one_cluster_whatever_its_size():
    sequences = draw_sequences(300, persons=5)
    assigned = split(sequences)
    assert assigned.groupby("source")["cluster"].nunique().tolist() == [1] * 5
    assert assigned["cluster"].nunique() == 5


def test_the_seed_that_is_named_gives_each_split_each_label():
    sequences = draw_sequences(60, persons=6)
    rows = sequences.to_frame()
    hashes = shingles_of(sequences.values).hashes
    tied = tie_groups([[] for _ in hashes], hashes, sequences.sources)
    advised = 0
    for seed in range(20):
        params = PARAMS.model_copy(update={"seed": seed})
        assigned = assign_splits(rows, tied, params)
        if set(assigned["split"]) == set(layout.SPLIT_NAMES):
            check_labels(assigned, tied, params)  # each person has each label
            continue
        with pytest.raises(InputError, match=r"set split.seed to \d+") as raised:
            check_labels(assigned, tied, params)
        better = int(str(raised.value).split("split.seed to ")[1].split(",")[0])
        again = assign_splits(rows, tied, params.model_copy(update={"seed": better}))
        assert set(again["split"]) == set(layout.SPLIT_NAMES)
        advised += 1
    assert advised
