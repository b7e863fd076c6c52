"""Right-to-left text in a browser, which applies Unicode's rules as terminals with bidi do."""

import shutil
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from rnnops.cli.tables import StreamedTable, print_table
from rnnops.core.bidi import isolate
from rnnops.report.decision_rule import describe_decision_rule
from rnnops.report.explanation import explain
from rnnops.report.explanation_page import render_explanations

CHROMIUM = shutil.which("chromium")
ARABIC = "مبروك لقد ربحت جائزة نقدية"
HEBREW = "הפגישה מחר בשעה עשר"
# Where the middle of each needle stands, in pixels from the left.
WHERE = """needles => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = {};
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    for (const needle of needles) {
      const at = node.data.indexOf(needle);
      if (at < 0 || needle in found) continue;
      const range = document.createRange();
      range.setStart(node, at); range.setEnd(node, at + needle.length);
      const box = range.getBoundingClientRect();
      found[needle] = (box.left + box.right) / 2;
    }
  return needles.map(needle => found[needle]);
}"""


@pytest.fixture(scope="module")
def browser_page():
    if CHROMIUM is None:
        pytest.skip("no chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1000, "height": 700})
        browser.close()


def positions(page, html, needles):
    page.set_content(html)
    return page.evaluate(WHERE, needles)


def ascending(numbers):
    return all(one < other for one, other in pairwise(numbers))


def lines_as_in_a_terminal(text):
    style = "unicode-bidi: plaintext; text-align: left"  # each line by its first letter
    return f'<meta charset="utf-8"><pre style="{style}">{text}</pre>'


def print_rows(rows):
    StreamedTable(*rows[0]).print([tuple(row.values()) for row in rows])


@pytest.mark.parametrize("printer", [print_table, print_rows])
@pytest.mark.parametrize("label", [ARABIC, HEBREW])
def test_columns_of_a_terminals_table_keep_their_places(browser_page, capsys, label, printer):
    printer([{"message": f"{label}.txt", "label": label[:7], "probability": 0.9875}])
    printed = capsys.readouterr().out
    first_line, row = printed.splitlines()
    assert first_line.index("probability") == row.replace("\u2068", "").replace("\u2069", "").index(
        "0.9875"
    )
    needles = [label[8:12], label[:7] + "\u2069", "0.9875"]
    assert ascending(positions(browser_page, lines_as_in_a_terminal(row), needles))
    bare = row.replace("\u2068", "").replace("\u2069", "")
    needles = [label[8:12], "0.9875"]
    assert not ascending(positions(browser_page, lines_as_in_a_terminal(bare), needles))


def test_a_sentence_around_a_label_keeps_its_order(browser_page):
    said = describe_decision_rule(ARABIC, 0.75, 0.005)
    html = lines_as_in_a_terminal(said[: said.index(". ")])
    assert ascending(positions(browser_page, html, ["classified", ARABIC, "when", "0.75"]))


def test_text_from_left_to_right_stays_as_it_is():
    for text in ("spam", "垃圾邮件", "1,000", ""):
        assert isolate(text) == text


def test_an_explained_arabic_message_reads_from_right_to_left(browser_page):
    def predict(texts):
        spam = np.array([0.9 if "جائزة" in text else 0.2 for text in texts])
        label = np.where(spam > 0.5, "مزعجة", "عادية")
        return pd.DataFrame({"label": label, "p_عادية": 1 - spam, "p_مزعجة": spam})

    html = render_explanations("Why", [("رسالة.txt", explain(ARABIC, predict))])
    words = ARABIC.split()
    places = positions(browser_page, html, words)
    assert ascending(places[::-1])
    turn = browser_page.locator("b.turn")
    assert places[words.index("جائزة")] < turn.bounding_box()["x"] < places[words.index("ربحت")]
    assert "matrix(-1" in turn.evaluate("mark => getComputedStyle(mark).transform")  # mirrored
    heading = ["رسالة.txt", "مزعجة", "p = 0.9000"]
    assert ascending(positions(browser_page, html, heading))
