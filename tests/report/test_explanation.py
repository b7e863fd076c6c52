from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from hostile_text import HOSTILE, assert_inert_html

from rnnops.report.explanation import cut_into_pieces, explain
from rnnops.report.explanation_page import render_explanations


def predict(texts):
    """Spam for as many a "cash" there is, ham for a "meeting"."""
    logits = np.array([2.0 * t.count("cash") - 2.0 * t.count("meeting") - 1 for t in texts])
    spam = 1 / (1 + np.exp(-logits))
    return pd.DataFrame(
        {"label": np.where(spam > 0.5, "spam", "ham"), "p_ham": 1 - spam, "p_spam": spam}
    )


def test_the_belief_after_each_word_is_that_of_the_text_so_far():
    found = explain("a meeting for cash and cash", predict)
    assert found.label == "spam"
    expected = [predict([t])["p_spam"].iloc[0] for t in ("a", "a meeting", "a meeting for")]
    np.testing.assert_allclose(found.belief[:3], expected)
    assert found.belief[-1] == found.probability


def test_a_word_contributes_what_is_lost_without_it():
    found = explain("a meeting for cash and cash", predict)
    by_word = dict(zip((piece.strip() for piece in found.pieces), found.contribution, strict=True))
    assert by_word["cash"] > 0 > by_word["meeting"]
    assert by_word["for"] == 0
    without = predict(["a meeting for and cash"])["p_spam"].iloc[0]
    assert by_word["cash"] == pytest.approx(found.probability - without)


@pytest.mark.parametrize(
    ("text", "turn"),
    [
        ("a meeting for cash and cash", "cash"),
        ("cash cash meeting meeting today", "meeting"),
        ("lunch today", "lunch"),
    ],
)
def test_the_turn_is_where_the_verdict_became_final(text, turn):
    found = explain(text, predict)
    assert found.pieces[found.turn].strip() == turn
    later = ["".join(found.pieces[: end + 1]) for end in range(found.turn, len(found.pieces))]
    assert set(predict(later)["label"]) == {found.label}


@pytest.mark.parametrize("text", ["", " ", "one", "two words", "\n a\n\nb \t c", "w " * 5000])
def test_pieces_are_the_text_and_not_too_many(text):
    pieces = cut_into_pieces(text)
    assert "".join(pieces) == text
    assert len(pieces) <= 150
    assert len(explain(text, predict).belief) == len(pieces)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("会议。中奖 cash！", ["会", "议", "。", "中", "奖 ", "cash！"]),
        ("ビットコインで100%", ["ビットコイン", "で", "100%"]),
        ("ที่บ้าน ", ["ที่", "บ้", "า", "น "]),
    ],
)
def test_text_without_blanks_is_cut_into_its_characters(text, pieces):
    assert cut_into_pieces(text) == pieces


def test_a_chinese_message_is_explained_character_by_character():
    found = explain("今天有cash和meeting吗cash", predict)
    by_piece = dict(zip(found.pieces, found.contribution, strict=True))
    assert by_piece["cash"] > 0 > by_piece["meeting"]
    assert by_piece["今"] == 0
    assert found.pieces[found.turn] == "cash"


class Page(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.text = [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.links += [value for name, value in attributes if name in ("src", "href")]

    def handle_data(self, data):
        self.text += data


def test_the_page_shows_the_text_escaped_and_asks_for_nothing():
    text = "<script>alert(1)</script> <img src=//a.example/x> cash \u202e\x00 cash"
    page = render_explanations("Why", [("<b>.eml", explain(text, predict))])
    read = Page(page)
    assert "script" not in read.tags
    assert "img" not in read.tags
    assert read.links == []
    assert "<script>alert(1)</script>" in read.text
    assert "<b>.eml: spam" in read.text
    assert "\u202e" not in page
    assert "\x00" not in page
    assert "default-src 'none'" in page


def test_hostile_text_is_inert():
    def predict_hostile(texts):
        return pd.DataFrame({"label": HOSTILE, f"p_{HOSTILE}": 0.5}, index=range(len(texts)))

    assert_inert_html(render_explanations(HOSTILE, [(HOSTILE, explain(HOSTILE, predict_hostile))]))
