"""Text that tries to be markup, and the check that a page shows it as text."""

import re

import html5lib
from markdown_it import MarkdownIt

HOSTILE = (
    "x|y\\| <script>alert(1)</script> <img src=x onerror=alert(1)> </td></section></title> & "
    "&lt; 't' "
    '"q" `c` ```\n# heading\r\n- item [a](http://a.example) ![i](j) **b** ~~s~~ {{ 7 * 7 }} @you '
    "you@b.example www.c.example ftp://d.example "
    "\u202eoverride \u2067isolate \u200f5 \x07\x00 end"
)
WORDS = (
    "<script>alert(1)</script>", "[a](http://a.example)", "**b**", "{{ 7 * 7 }}", "you@b.example",
    "www.c.example", "end",
)  # fmt: skip
LINKED = re.compile(r"://|www\.|@\w")  # what GitHub makes a link though it is no markup
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def assert_inert_html(page):
    """Check that the page shows the hostile text, and that none of it is markup."""
    document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    elements = list(document.iter())
    shown = "".join(document.itertext())
    assert all(word in shown for word in WORDS)
    assert not {"script", "a", "iframe", "object", "form"} & {each.tag for each in elements}
    assert not [name for each in elements for name in each.attrib if name.startswith("on")]
    assert all(each.get("src").startswith("data:") for each in document.iter("img"))
    _assert_no_direction_leaks(page)


def assert_inert_markdown(text):
    """Check that the Markdown shows the hostile text, and that none of it is markup."""
    tokens = MARKDOWN.parse(text)
    inline = [child for token in tokens for child in token.children or []]
    shown = " ".join(child.content for child in inline).replace("\u200b", "")
    assert all(word in shown for word in WORDS)
    assert not LINKED.search(text)
    assert not {"html_inline", "link_open", "image", "s_open"} & {each.type for each in inline}
    assert "html_block" not in {token.type for token in tokens}
    assert "\n# heading" not in text
    assert not re.search(r"^- item", text, re.MULTILINE)
    for table in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE):
        rows = [re.split(r"(?<!\\)(?:\\\\)*\|", line) for line in table.splitlines()]
        assert len({len(row) for row in rows}) == 1
    _assert_no_direction_leaks(text)


def _assert_no_direction_leaks(text):
    assert not re.search("[\u202a-\u202e\x00\x07]", text)
    opened, closed = (len(re.findall(marks, text)) for marks in ("[\u2066-\u2068]", "\u2069"))
    assert opened == closed
