import re
from itertools import product

import numpy as np
import pandas as pd
import pytest
from corpus import WORDS, campaign_messages

from rnnops.core import layout
from rnnops.core.errors import InputError
from rnnops.split import overlap
from rnnops.split.near_duplicates import earlier_near_duplicates
from rnnops.split.overlap import CONTAINMENT, SIMILARITY, shingle_matrix, training_overlap
from rnnops.split.params import Split
from rnnops.split.shingles import Shingles
from rnnops.split.splits import (
    assign_splits,
    check_labels,
    describe_splits,
    hashed_split,
)

PARAMS = Split(train=0.7, validation=0.15, test=0.15, near_duplicate_similarity=0.5, seed=0)


def split(messages, similarity=PARAMS.near_duplicate_similarity):
    """Assigned splits, and the neighbours that they come from."""
    neighbours = earlier_near_duplicates(Shingles.of(messages["text"]), similarity)
    return assign_splits(messages, neighbours, PARAMS), neighbours


@pytest.fixture(scope="module")
def messages():
    return campaign_messages(300)


def test_no_near_duplicate_crosses_a_split(messages):
    assigned, neighbours = split(messages)
    kept = assigned[assigned["split"] != layout.EXCLUDED]
    assert set(kept["split"]) == set(layout.SPLIT_NAMES)
    assert (kept.groupby("cluster")["split"].nunique() == 1).all()
    names = assigned["split"].tolist()
    pairs = {
        (names[row], names[other]) for row, earlier in enumerate(neighbours) for other in earlier
    }
    assert {
        (one, other) for one, other in pairs if layout.EXCLUDED not in (one, other) and one != other
    } == set()


def test_campaigns_are_found(messages):
    _, neighbours = split(messages)
    assert sum(bool(earlier) for earlier in neighbours) > len(messages) / 2


def test_added_rows_never_move_an_old_message(messages):
    # Two messages side by side are not half like either, but two fifths.
    before, _ = split(messages, similarity=0.4)
    # Variants of old messages, strangers, and ties between two old campaigns of different splits.
    variants = messages.assign(text=messages["text"] + " added", id=messages["id"].str[::-1])
    ties = messages.assign(
        text=messages["text"] + " " + messages["text"].iloc[::-1].to_numpy(),
        id="0" + messages["id"],
    )
    grown = pd.concat([messages, variants, campaign_messages(100, seed=1), ties], ignore_index=True)
    after, _ = split(grown, similarity=0.4)
    assert (after["split"].iloc[-len(ties) :] == layout.EXCLUDED).any()
    assert after["split"].iloc[: len(before)].tolist() == before["split"].tolist()


def test_a_message_that_ties_two_splits_together_is_left_out():
    random = np.random.default_rng(2)
    first, second = (" ".join(random.choice(WORDS, 60)) for _ in range(2))
    rows = pd.DataFrame({"id": ["a", "b", "c"], "text": [first, second, f"{first} {second}"]})
    neighbours = [[], [], [0, 1]]
    seeds = [PARAMS.model_copy(update={"seed": seed}) for seed in range(40)]
    outcomes = [assign_splits(rows, neighbours, params) for params in seeds]
    for assigned in outcomes:
        one, other, tie = assigned["split"]
        assert tie == (one if one == other else layout.EXCLUDED)
        assert assigned["cluster"].tolist() == (["a"] * 3 if one == other else ["a", "b", "c"])
    assert {layout.EXCLUDED} < {assigned["split"][2] for assigned in outcomes}


def test_a_message_like_either_of_two_clusters_that_became_one_follows_them():
    rows = pd.DataFrame({"id": list("abcde")})
    neighbours = [[], [], [0, 1], [1], [2, 3]]
    seeds = (PARAMS.model_copy(update={"seed": seed}) for seed in range(40))
    outcomes = [assign_splits(rows, neighbours, params) for params in seeds]
    together = [each for each in outcomes if each["split"][0] == each["split"][1]]
    assert 0 < len(together) < len(outcomes)
    for assigned in together:
        assert assigned["cluster"].tolist() == ["a"] * 5
        assert assigned["split"].nunique() == 1
    for assigned in outcomes:
        assert assigned.dtypes[["cluster", "split"]].astype(str).tolist() == ["str", "str"]


def test_fractions_and_labels_come_out_as_asked_within_the_sampling_error_of_clusters():
    assigned, _ = split(campaign_messages(5000))
    shares = assigned["split"].value_counts(normalize=True)
    spam = assigned.groupby("split")["label"].value_counts(normalize=True).unstack()["spam"]
    for name in layout.SPLIT_NAMES:
        assert shares[name] == pytest.approx(getattr(PARAMS, name), abs=0.03)
        assert spam[name] == pytest.approx((assigned["label"] == "spam").mean(), abs=0.05)


def test_the_report_is_about_each_split_and_what_the_test_split_shares_with_training():
    """Two texts, the messages of each the same: any test message has its copy in training."""
    places = dict(zip("tvex", [*layout.SPLIT_NAMES, layout.EXCLUDED], strict=True))
    assigned = pd.DataFrame(
        {
            "id": [f"d{row}" for row in range(12)],
            "text": ["meet me at the usual place"] * 6 + ["buy the usual pills at my place"] * 6,
            "label": ["ham"] * 6 + ["spam"] * 6,
            "source": ["list", "inbox"] * 6,
            "cluster": ["d0"] * 3 + ["d3"] * 2 + ["d5"] * 3 + ["d8", "d8", "d10", "d11"],
            "split": [places[letter] for letter in "xtveeetteevx"],
            SIMILARITY: [None, None, 0.9, 0.5, 0.1, 0.1, None, None, 0.5, 0.1, 0.9, None],
            CONTAINMENT: [None, None, 1, 0.9, 0.9, 0.1, None, None, 0.1, 0.1, 1, None],
        },
        index=range(12, 24),
    )
    plain = [hashed_split(f"plain:{message}", PARAMS) for message in assigned["id"]]
    tested = assigned["label"][np.array(plain) == layout.TEST].value_counts().to_dict()
    assert {*zip(plain, assigned["label"], strict=True)} >= set(
        product([layout.TRAIN, layout.TEST], ["ham", "spam"])
    )
    matrix = shingle_matrix(Shingles.of(assigned["text"]).hashes)
    measured = {"ham": 3, "spam": 2}
    assert describe_splits(assigned, matrix, PARAMS) == {
        "messages": 12,
        "excluded": 2,
        "splits": {
            "train": {
                "messages": 3, "clusters": 2, "labels": {"ham": 1, "spam": 2},
                "label_shares": {"ham": 0.3333, "spam": 0.6667},
                "sources": {"inbox": 2, "list": 1},
            },
            "validation": {
                "messages": 2, "clusters": 2, "labels": {"ham": 1, "spam": 1},
                "label_shares": {"ham": 0.5, "spam": 0.5}, "sources": {"list": 2},
            },
            "test": {
                "messages": 5, "clusters": 3, "labels": {"ham": 3, "spam": 2},
                "label_shares": {"ham": 0.6, "spam": 0.4}, "sources": {"inbox": 3, "list": 2},
            },
        },
        "clusters": {"number": 5, "largest": 3, "in_more_than_one_split": 2},
        "near_duplicate_leakage": {
            "similarity": 0.5,
            "this_split": {"ham": 0.3333, "spam": 0.5},
            "plain_random_split": {"ham": 1.0, "spam": 1.0},
            "measured": {"this_split": measured, "plain_random_split": tested},
        },
        "containment": {
            "at_least": 0.9, "this_split": {"ham": 0.6667, "spam": 0.0}, "measured": measured,
        },
    }  # fmt: skip


def test_of_a_large_split_the_report_is_the_same_each_time(messages, monkeypatch):
    monkeypatch.setattr(overlap, "MEASURED_AT_MOST", 20)
    neighbours = split(messages)[1]
    first, again = (report_on(messages, neighbours) for _ in range(2))
    assert first == again
    plain = first["near_duplicate_leakage"]["measured"]["plain_random_split"]
    assert sum(plain.values()) == 20


def report_on(messages, neighbours):
    assigned = assign_splits(messages, neighbours, PARAMS)
    matrix = shingle_matrix(Shingles.of(messages["text"]).hashes)
    shared = training_overlap(matrix, assigned["split"], [layout.TEST], PARAMS.seed)
    return describe_splits(assigned.join(shared), matrix, PARAMS)


def test_the_report_counts_every_message_and_shows_what_a_plain_split_would_leak(messages):
    report = report_on(messages, split(messages)[1])
    placed = sum(part["messages"] for part in report["splits"].values())
    assert placed + report["excluded"] == report["messages"] == len(messages)
    assert report["clusters"]["in_more_than_one_split"] == 0
    leakage = report["near_duplicate_leakage"]
    assert leakage["this_split"] == {"ham": 0.0, "spam": 0.0}
    assert leakage["plain_random_split"]["spam"] > 0.3
    tested = report["splits"]["test"]["labels"]
    assert leakage["measured"]["this_split"] == report["containment"]["measured"] == tested


def test_the_report_shows_near_duplicates_that_the_split_missed(messages):
    report = report_on(messages, neighbours=[[] for _ in range(len(messages))])
    assert report["clusters"]["in_more_than_one_split"] == 0
    for label in ("ham", "spam"):
        assert report["near_duplicate_leakage"]["this_split"][label] > 0.3


def test_the_report_has_the_share_of_messages_that_stand_in_a_longer_one():
    random = np.random.default_rng(0)
    longer = [" ".join(random.choice(WORDS, 60)) for _ in range(200)]
    replies = [" ".join(text.split()[:20]) for text in longer]
    texts = longer + replies
    label = ["post"] * 200 + ["reply"] * 200
    messages = pd.DataFrame({"text": texts, "label": label, "source": "made"})
    messages["id"] = [f"id{row}" for row in range(400)]
    report = report_on(messages, neighbours=split(messages)[1])
    assert report["near_duplicate_leakage"]["this_split"] == {"post": 0.0, "reply": 0.0}
    assert report["containment"]["at_least"] == 0.9
    assert report["containment"]["this_split"]["post"] == 0
    assert report["containment"]["this_split"]["reply"] == pytest.approx(PARAMS.train, abs=0.2)


def few_messages(labels):
    """A message a label, none like another, and their splits by the seed."""
    rows = pd.DataFrame({"id": [f"id{row}" for row in range(len(labels))], "label": list(labels)})
    apart = [[] for _ in labels]
    return lambda seed: (
        assign_splits(rows, apart, PARAMS.model_copy(update={"seed": seed})), apart, PARAMS
    )  # fmt: skip


def test_a_split_without_a_label_names_a_seed_with_which_each_has_each():
    split_by = few_messages("baa" * 6)
    advised = set()
    for seed in range(100, 120):
        try:
            check_labels(*split_by(seed))
        except InputError as error:
            said = r"labelled '.'(?:, '.')?: set split.seed to (\d+), or add"
            advised.add(re.search(said, str(error))[1])
    [seed] = advised
    assert int(seed) != PARAMS.seed
    assigned, _, _ = split_by(int(seed))
    assert set(zip(assigned["split"], assigned["label"], strict=True)) == set(
        product(layout.SPLIT_NAMES, "ab")
    )


def test_a_label_that_no_seed_brings_into_each_split_needs_messages():
    with pytest.raises(InputError, match=r"labelled 'b': add messages of it that are no near-dup"):
        check_labels(*few_messages("aaaaaaaaaaaaaaaaaaaabb")(2))
