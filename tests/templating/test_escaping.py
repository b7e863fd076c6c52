import html
import re

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markupsafe import Markup

from rnnops.templating.escaping import (
    isolate_html,
    isolate_markdown,
    printable,
    to_code,
    to_html,
    to_markdown,
)

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
RIGHT_TO_LEFT = "רגיל"
ZERO_WIDTH_SPACE = "\u200b"
# What means something in Markdown, HTML or Unicode's bidirectional algorithm, beside plain words.
texts = st.lists(
    st.sampled_from([
        "\\", "`", "```", "*", "**", "_", "__", "~~", "|", "[", "](", "]", "](x)", "][", "!", "#",
        "# ", "- ", "1. ", "<script>", "</td>", "<!--", "-->", "<", ">", "&", "&lt;", "&#60;",
        "@name", "https://a.example", "www.a.example", "a@a.example", "\n", "\r\n",
        "\n\n", "\t", "\u2028", "\x00", "\x1b[2J",
        "\u202e", "\u2066", "\u2067", "\u2069", "\u200f", "\ufffe", "\ud800", RIGHT_TO_LEFT, "a",
        "word", "roc_auc", " ", "é", "0.5", "(", ")", "'", '"', "{{ x }}", "{% raw %}",
    ]),
    max_size=12,
).map("".join)  # fmt: skip


def one_line(text):
    return " ".join(printable(text).split())


def rendered(markdown):
    """The tags of the Markdown's HTML, and its text in one line."""
    found = MARKDOWN.render(markdown).replace(ZERO_WIDTH_SPACE, "")
    tags = re.findall(r"<(/?\w+)", found)
    return tags, " ".join(html.unescape(re.sub(r"<[^>]*>", " ", found)).split())


@given(texts)
def test_text_within_markdown_stays_text(text):
    tags, shown = rendered(f"of {to_markdown(text)} .")
    assert tags == ["p", "/p"]
    assert shown == " ".join(f"of {one_line(text)} .".split())


@given(texts)
def test_text_in_a_cell_ends_neither_cell_nor_row(text):
    row = ["tr", "td", "/td", "td", "/td", "/tr"]
    heads = ["table", "thead", "tr", "th", "/th", "th", "/th", "/tr", "/thead"]
    cell = to_markdown(text)
    tags, shown = rendered(f"| a | b |\n| --- | --- |\n| x {cell} | {cell} |")
    assert tags == [*heads, "tbody", *row, "/tbody", "/table"]
    assert shown == " ".join(f"a b x {one_line(text)} {one_line(text)}".split())


@given(texts)
def test_bold_text_is_bold_as_a_whole(text):
    tags, shown = rendered(f"**Verdict: {to_markdown(text)}.**")
    assert tags == ["p", "strong", "/strong", "/p"]
    assert shown == " ".join(f"Verdict: {one_line(text)}.".split())


@given(texts)
def test_a_code_span_ends_where_it_should(text):
    tags, _ = rendered(f"of `{to_code(text)}x` .")
    assert tags == ["p", "code", "/code", "/p"]


@given(texts)
def test_text_within_html_stays_text_and_is_valid(text):
    page = f"<!DOCTYPE html><title>t</title><p title='{to_html(text)}'>{isolate_html(text)}</p>"
    document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    (paragraph,) = document.iter("p")
    assert "".join(paragraph.itertext()) == printable(text)
    assert paragraph.get("title") == printable(text)
    assert {element.tag for element in paragraph} <= {"bdi"}


@given(texts)
def test_nothing_that_follows_a_text_changes_its_direction(text):
    shown = printable(text)
    assert not re.search("[\u202a-\u202e]", shown)
    depth = 0
    for mark in re.findall("[\u2066-\u2069]", shown):
        depth += -1 if mark == "\u2069" else 1
        assert depth >= 0
    assert depth == 0


@pytest.mark.parametrize(
    "text",
    [
        "roc_auc +0.00015 [-5.2e-05, +0.00044] against the baseline",
        "easy-ham-1 #3 (x > 2) 50% & more",
        "می‌خواهم 👩‍👩‍👧",
    ],
)
def test_what_is_no_markup_reads_in_a_terminal_as_it_is(text):
    assert to_markdown(text) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("@name", "@&#8203;name"),
        ("person@a.example", "person@&#8203;a.example"),
        ("<https://a.example>", "&lt;https:&#8203;//a.example>"),
        ("(WWW.a.example)", "(WWW&#8203;.a.example)"),
    ],
)
def test_addresses_and_names_are_no_links(text, escaped):
    """GitHub links them without any markup."""
    assert to_markdown(text) == escaped


def test_right_to_left_text_is_isolated():
    assert isolate_html(RIGHT_TO_LEFT) == f"<bdi>{RIGHT_TO_LEFT}</bdi>"
    assert isolate_markdown(RIGHT_TO_LEFT) == f"\u2068{RIGHT_TO_LEFT}\u2069"


def test_what_is_escaped_already_is_not_escaped_again():
    for escape in (to_html, to_markdown):
        assert escape(Markup("<b>|</b>")) == "<b>|</b>"
