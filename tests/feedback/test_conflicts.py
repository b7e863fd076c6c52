import pytest

from rnnops.core.errors import InputError
from rnnops.feedback.batches import write_batch
from rnnops.feedback.conflicts import decide, describe_conflicts
from rnnops.ingest.additions import ACCEPTED, DECISION, HELD, join_additions, read_additions
from rnnops.ingest.messages import message_frame, to_messages
from rnnops.ingest.rows import Row

OWN = to_messages([Row("a.csv", 2, "a.csv", "buy now", "ham", "")])
(OWN_ID,) = OWN.kept["id"]


def added(message, label):
    rows = message_frame([(message, f"text of {message}", label, "added", None)])
    return rows.assign(file="new.csv", row=2)


@pytest.fixture
def folder(tmp_path):
    """Two accepted messages, then one held that contradicts the first and the dataset's own."""
    held = added("held", "spam").assign(contradicts=[["first", OWN_ID]])
    write_batch(tmp_path / "mine", {ACCEPTED: added("first", "ham"), HELD: held[:0]})
    write_batch(tmp_path / "mine", {ACCEPTED: added("second", "ham"), HELD: held})
    return tmp_path / "mine"


def decide_on_held(folder, action, label=None):
    decision = decide(read_additions(folder), action, ["held"], "why", label)
    write_batch(folder, {DECISION: decision.to_dict()})
    return read_additions(folder)


def labels(additions):
    kept = join_additions(OWN, additions).kept
    return dict(zip(kept["id"], kept["label"], strict=True))


def test_a_held_message_is_left_out_until_it_is_decided(folder):
    additions = read_additions(folder)
    assert additions.undecided["id"].tolist() == ["held"]
    assert labels(additions) == {OWN_ID: "ham", "first": "ham", "second": "ham"}


def test_keep_takes_it_beside_those_it_contradicts_after_what_was_there(folder):
    additions = decide_on_held(folder, "keep")
    assert additions.undecided.empty
    assert labels(additions) == {OWN_ID: "ham", "first": "ham", "second": "ham", "held": "spam"}
    write_batch(folder, {ACCEPTED: added("third", "ham")})
    assert list(labels(read_additions(folder)))[1:] == ["first", "second", "held", "third"]


def test_relabel_gives_one_label_to_it_and_to_those_it_contradicts(folder):
    additions = decide_on_held(folder, "relabel", "spam")
    assert labels(additions) == {OWN_ID: "spam", "first": "spam", "second": "ham", "held": "spam"}
    assert additions.accepted["label"].tolist() == ["spam", "ham", "spam"]


def test_drop_leaves_it_out(folder):
    additions = decide_on_held(folder, "drop")
    assert additions.undecided.empty
    assert labels(additions) == {OWN_ID: "ham", "first": "ham", "second": "ham"}


def test_a_decision_is_kept_with_who_when_and_why(folder):
    (decision,) = decide_on_held(folder, "drop").decisions
    assert decision["reason"] == "why"
    assert decision["who"]
    assert decision["when"].endswith("+00:00")


def test_only_what_waits_can_be_decided(folder):
    with pytest.raises(InputError, match="first is not the id of a held message"):
        decide(read_additions(folder), "keep", ["held", "first"], "why")
    decide_on_held(folder, "drop")
    with pytest.raises(InputError, match="held is decided already"):
        decide(read_additions(folder), "keep", ["held"], "why")


def test_a_held_message_is_listed_with_what_it_contradicts(folder):
    additions = read_additions(folder)
    known = join_additions(OWN, additions).kept
    splits = known.assign(split="test").set_index("id")["split"]
    (row,) = describe_conflicts(additions, known, splits)
    assert row == {
        "id": "held",
        "label": "spam",
        "contradicts": "2 ham",
        "in split": "test",
        "from": "new.csv row 2",
        "text": "text of held",
    }


def test_without_additions_the_messages_are_as_they_were():
    assert join_additions(OWN, read_additions(None)) is OWN


def test_what_a_killed_program_left_is_no_batch(folder):
    (folder / ".unfinished-x").mkdir()
    write_batch(folder.parent / "other", {ACCEPTED: added("x", "ham")[:0]})
    assert not (folder.parent / "other").exists()
    assert read_additions(folder).accepted["id"].tolist() == ["first", "second"]
