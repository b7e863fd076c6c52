import pandas as pd

from rnnops.registry.leaked_rows import is_known


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
