import pytest

from rnnops.ingest.conflicts import SHOWN, conflicting_rows, describe_conflicts
from rnnops.ingest.messages import quarantine, summarise_rows, to_messages
from rnnops.ingest.rows import Row


def messages_of(*texts_and_labels, row=1):
    return to_messages(
        Row("a.csv", number, "a.csv", text, label, text)
        for number, (text, label) in enumerate(texts_and_labels, start=row)
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a b", "a b", True),
        ("a b", " a\n\tb\u00a0", True),
        ("ﬁne", "fine", True),
        ("１２", "12", True),
        ("e\u0301", "é", True),
        ("a b", "A b", False),
        ("a b", "a b!", False),
        ("a b", "ab", False),
    ],
)
def test_texts_are_the_same_but_for_white_space_and_ways_to_write_a_character(one, other, same):
    kept = messages_of((one, "ham"), ("else", "ham"), (other, "spam")).kept
    assert conflicting_rows(kept).tolist() == [same, False, same]


def test_the_same_text_with_the_same_label_is_no_conflict():
    assert not conflicting_rows(messages_of(("a", "ham"), ("a", "ham"), ("b", "spam")).kept).any()


def test_rows_of_one_text_stand_together_and_only_the_first_are_listed():
    pairs = [(f"text {number}", label) for label in ("ham", "spam") for number in range(SHOWN)]
    messages = messages_of(*pairs)
    described = describe_conflicts(messages, conflicting_rows(messages.kept))
    assert (described["texts"], described["rows"]) == (SHOWN, 2 * SHOWN)
    places = [(each["row"], each["label"]) for each in described["first"]]
    assert places[:4] == [(1, "ham"), (11, "spam"), (2, "ham"), (12, "spam")]
    assert len(places) == SHOWN


def test_without_a_conflict_nothing_is_counted_and_nothing_moves():
    for messages in (messages_of(("a", "ham"), ("b", "spam")), messages_of()):
        rows = conflicting_rows(messages.kept)
        assert describe_conflicts(messages, rows) == {"texts": 0, "rows": 0, "first": []}
        assert summarise_rows(quarantine(messages, rows, "x"), "m") == summarise_rows(messages, "m")


def test_a_row_in_the_quarantine_is_no_side_of_a_conflict():
    messages = messages_of(("a", "ham"), ("a", ""), ("b", "spam"))
    assert not conflicting_rows(messages.kept).any()
