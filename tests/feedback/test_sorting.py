from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnops.catalog.dataset import Dataset
from rnnops.core.errors import InputError
from rnnops.feedback.sorting import declared_labels, require_label, sort_rows
from rnnops.ingest.additions import read_additions
from rnnops.ingest.rows import Row
from rnnops.split.params import Split

SPLIT = Split(train=0.7, validation=0.15, test=0.15, near_duplicate_similarity=0.5, seed=0)
NOTHING = read_additions(None)
LUNCH = "shall we meet for lunch at noon in the usual place by the river"
PRIZE = "you have won a prize of one thousand pounds call this number to claim it"


def dataset(**entry):
    read = {"format": "csv"} | entry.pop("read", {})
    return Dataset.model_validate({"fetch": {"path": "data/incoming/a.csv"}, "read": read} | entry)


def known_of(*texts_and_labels):
    rows = [(f"k{row}", *each) for row, each in enumerate(texts_and_labels)]
    return pd.DataFrame(rows, columns=["id", "text", "label"]).astype("str")


def rows_of(*texts_and_labels):
    return [
        Row("new.csv", number, "added", text, label, text)
        for number, (text, label) in enumerate(texts_and_labels, start=2)
    ]


KNOWN = known_of((LUNCH, "ham"), (PRIZE, "spam"))


def sort(*texts_and_labels, known=KNOWN, before=NOTHING, **how):
    return sort_rows(rows_of(*texts_and_labels), known, before, dataset(**how), SPLIT)


def test_a_message_is_stored_once_whatever_its_white_space():
    found = sort(("see you there", "ham"), ("see  you\tthere", "ham"), (f" {LUNCH}\n", "ham"))
    assert found.accepted[["text", "label", "file", "row"]].to_numpy().tolist() == [
        ["see you there", "ham", "new.csv", 2]
    ]
    assert (found.known, len(found.held), len(found.rejected)) == (2, 0, 0)


def test_what_was_added_before_is_known():
    first = sort(("see you there", "ham"), (LUNCH, "spam"), ("", "ham"))
    before = replace(NOTHING, accepted=first.accepted, held=first.held, rejected=first.rejected)
    again = sort(("see you there", "ham"), (LUNCH, "spam"), ("", "ham"), before=before)
    assert [len(each) for each in (again.accepted, again.held, again.rejected)] == [0, 0, 0]
    assert (again.known, len(again.rejected_before)) == (2, 1)
    assert list(again.accepted) == list(first.accepted)


def test_a_label_that_contradicts_the_same_text_is_held():
    (held,) = sort((PRIZE.replace(" ", "  "), "ham")).held.to_dict("records")
    assert (held["label"], held["contradicts"]) == ("ham", ["k1"])


def test_within_one_file_the_first_label_of_a_text_is_accepted():
    found = sort(("see you there", "ham"), ("see you there", "spam"))
    assert found.accepted["label"].tolist() == ["ham"]
    assert found.held["contradicts"].tolist() == [found.accepted["id"].tolist()]


def test_a_label_that_no_near_duplicate_has_is_held():
    found = sort((f"{PRIZE} today", "ham"), (f"{PRIZE} now", "spam"))
    assert found.held[["label", "contradicts"]].to_numpy().tolist() == [["ham", ["k1"]]]
    assert (found.accepted["label"].tolist(), found.near_duplicates) == (["spam"], 1)


def test_in_a_cluster_with_both_labels_either_is_accepted():
    known = known_of((PRIZE, "spam"), (f"{PRIZE} today", "ham"))
    found = sort((f"{PRIZE} now", "ham"), (f"{PRIZE} soon", "spam"), known=known)
    assert (len(found.accepted), len(found.held), found.near_duplicates) == (2, 0, 2)


def test_a_held_message_holds_no_other():
    found = sort(("new words entirely of my own here", "ham"), (f"{PRIZE} today", "ham"),
                 (f"{PRIZE} today", "spam"))  # fmt: skip
    assert found.accepted["label"].tolist() == ["ham", "spam"]
    assert found.held["label"].tolist() == ["ham"]


def test_rows_that_cannot_be_used_are_rejected_with_the_reason():
    found = sort(
        ("", "ham"), ("hello", ""), ("hello", "hma"), ("hi", "ham"), ("a" * 30, "ham"),
        expect={"min_characters": 3, "max_characters": 20},
    )  # fmt: skip
    assert found.rejected[["row", "reason"]].to_numpy().tolist() == [
        [2, "no text"],
        [3, "no label"],
        [4, "unknown label"],
        [5, "fewer than 3 characters (expect.min_characters)"],
        [6, "more than 20 characters (expect.max_characters)"],
    ]
    assert found.accepted.empty


def test_labels_are_those_that_the_entry_declares_under_either_name():
    named = dataset(read={"labels": {"0": "ham", "1": "spam", "2": "spam"}})
    assert declared_labels(named, known_of(("a", "ham"))) == {
        "0": "ham", "1": "spam", "2": "spam", "ham": "ham", "spam": "spam",
    }  # fmt: skip
    mail = {"format": "mail", "folders": {"inbox": "ham", "junk": "spam"}}
    assert declared_labels(dataset(read=mail), known_of()) == {"ham": "ham", "spam": "spam"}
    assert declared_labels(dataset(), known_of(("a", "x"), ("b", "y"))) == {"x": "x", "y": "y"}


def test_a_label_that_the_dataset_lacks_is_an_error_that_names_them():
    assert require_label("0", {"0": "ham", "ham": "ham"}) == "ham"
    with pytest.raises(InputError, match="'spma' is not a label.*did you mean 'spam'.*'ham'"):
        require_label("spma", {"ham": "ham", "spam": "spam"})


@given(
    st.lists(
        st.tuples(st.sampled_from([LUNCH, PRIZE, f"{PRIZE} now", "see you", "", "x y z w"]),
                  st.sampled_from(["ham", "spam", "", "other"])),
        max_size=12,
    )
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_every_row_is_accounted_for_and_no_text_has_two_labels(pairs):
    found = sort(*pairs)
    repeated = len(pairs) - len(found.accepted) - found.known - len(found.held)
    assert repeated == len(found.rejected) + len(found.rejected_before)
    together = pd.concat([KNOWN, found.accepted])
    assert together.groupby("text")["label"].nunique().max() == 1
    assert together["id"].is_unique
