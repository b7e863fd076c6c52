import numpy as np
import pandas as pd
import pytest
from corpus import WORDS

from rnnops.core import files, layout
from rnnops.registry.leaked_rows import is_known, known_to_challenger
from rnnops.registry.sequences import NUMBERS
from rnnops.sequences.sequences import Sequences


def messages(*rows):
    return pd.DataFrame(rows, columns=["id", "cluster"])


def test_what_the_champion_saw_and_its_near_duplicates_are_known():
    training_ids = messages(("a", "a"), ("b", "a"), ("c", "c"))
    rows = messages(("b", "a"), ("d", "a"), ("e", "e"))
    assert is_known(rows, training_ids).tolist() == [True, True, False]


def test_a_cluster_that_has_another_name_by_now_is_known():
    training_ids = messages(("a", "a"))
    rows = messages(("t", "t"), ("a", "t"), ("e", "e"))
    assert is_known(rows, training_ids).tolist() == [True, True, False]


@pytest.mark.parametrize("split", [layout.TRAIN, layout.VALIDATION])
def test_from_half_of_the_shingles_on_a_message_is_known(tmp_path, monkeypatch, split):
    """Of the 98 shingles of 100 words 64 or 67 are shared: similarities of 0.48 and 0.52."""
    monkeypatch.chdir(tmp_path)
    words = np.random.default_rng(0).permutation(WORDS)
    seen, others = words[:100], words[100:200]
    for name in (layout.TRAIN, layout.VALIDATION):
        text = " ".join(seen if name == split else words[200:300])
        rows = pd.DataFrame({"id": [name], "text": [text]})
        files.write_parquet(rows, layout.split_file(name))
    texts = [" ".join([*seen[:shared], *others[shared:]]) for shared in (66, 69)]
    assert known_to_challenger(pd.DataFrame({"text": texts})).tolist() == [False, True]


@pytest.mark.parametrize("split", [layout.TRAIN, layout.VALIDATION])
def test_from_half_of_the_runs_of_steps_on_a_sequence_is_known(tmp_path, monkeypatch, split):
    """As of texts: of 98 runs of three steps 64 or 67 are shared."""
    monkeypatch.chdir(tmp_path)
    numbers = np.random.default_rng(0).normal(size=(300, 2))
    seen, others, apart = np.split(numbers, 3)

    def rows(*values):
        names = [f"w{place}" for place in range(len(values))]
        empty = [""] * len(values)
        return Sequences(names, empty, empty, ["x", "y"], list(values)).to_frame()

    for name in (layout.TRAIN, layout.VALIDATION):
        files.write_parquet(rows(seen if name == split else apart), layout.split_file(name))
    windows = [np.concatenate([seen[:shared], others[shared:]]) for shared in (66, 69)]
    assert known_to_challenger(rows(*windows), NUMBERS).tolist() == [False, True]
