import pytest

from rnnops.features.tokens import tokenize
from rnnops.ingest import html_evidence
from rnnops.ingest.html_text import html_to_text

HIDDEN, MISMATCH, IMAGES = "[[hidden-text]]", "[[link-mismatch]]", "[[image-only]]"
BLOCKS = "[[many-blocks]]"


@pytest.mark.parametrize(
    "html",
    [
        "<p>seen<span hidden>not</span>",
        "<p>seen<span style='Display : none'>not</span>",
        "<p>seen<span style='visibility:hidden'>not</span>",
        "<p>seen<span style='font-size:0'>not</span>",
        "<p>seen<span style='font-size: 1px'>not</span>",
        "<p>seen<font color=white>not</font>",
        "<p>seen<font color='#FFF'>not</font>",
        "<p>seen<span style='color:#ffffff'>not</span>",
        "<body bgcolor=black><p>seen<font color=#000000>not</font></body>",
        "<table bgcolor='#123456'><tr><td>seen<font color=#123456>not</font></table>",
        "<p>seen<span style='background:#eee; color:#eee'>not</span>",
    ],
)
def test_invisible_text_is_marked(html):
    text = html_to_text(html)
    assert "seen" in text
    assert HIDDEN in text.splitlines()


@pytest.mark.parametrize(
    "html",
    [
        "<p>seen<span style='display:none'> </span>",
        "<p style='font-size:0.8em'>seen",
        "<p style='font-size:10px; background-color:white'>seen",
        "<p>seen<font color=black>too</font>",
        "<table bgcolor=#000000><tr><td><font color=white>seen</font></table>",
        "<p><script>not shown</script><style>p {color: white}</style>seen",
    ],
)
def test_visible_text_is_not_marked(html):
    assert HIDDEN not in html_to_text(html)


@pytest.mark.parametrize(
    ("text", "target", "marked"),
    [
        ("www.bank.example", "http://thief.example/login", True),
        ("https://bank.example/login", "http://bank.example.thief.example/", True),
        ("bank.example", "https://www.bank.example/login?x=1", False),
        ("our shop", "http://thief.example", False),
        ("bank.example", "/login", False),
        ("bank.example", "mailto:a@thief.example", False),
        ("bank.example", "http://[broken", False),
    ],
)
def test_a_link_that_shows_another_host_is_marked(text, target, marked):
    shown = html_to_text(f"<p>see <a href='{target}'>{text}</a>")
    assert text in shown
    assert (MISMATCH in shown) == marked


def test_a_page_of_nothing_but_images_is_marked():
    assert html_to_text("<img src=a><img src=b alt=win>").split() == ["win", "[[html]]", IMAGES]
    assert html_to_text("<p>win <img src=a>").split() == ["win", "[[html]]"]
    assert html_to_text("<p> </p>") == ""


def test_the_hosts_of_links_are_named_once_and_ten_at_most():
    links = "".join(f"<a href='HTTP://Shop{i}.example:80/x?id={i}'>here</a>" for i in range(30))
    lines = html_to_text(f"<p>buy {links}{links}").splitlines()
    assert lines == ["buy " + "here" * 60, *(f"shop{i}.example" for i in range(10)), "[[html]]"]
    assert html_to_text("<p>buy <a href='/x'>here</a> <a>or</a>").splitlines()[1:] == ["[[html]]"]


@pytest.mark.parametrize(
    ("html", "mark"),
    [
        ("<img src='https://a.example/pixel.gif'>", "[[remote-image]]"),
        ("<form><input name=card></form>", "[[form]]"),
        ("<head><script>go()</script></head>", "[[script]]"),
        ("<table><tr><td>one</table>", "[[table]]"),
        ("<p align=CENTER>one", "[[centred]]"),
        ("<strong>one</strong>", "[[bold]]"),
        ("<font color=red>one</font>", "[[coloured-text]]"),
        ("<body bgcolor=yellow>one</body>", "[[background]]"),
        ("<font size=7>one</font>", "[[font-size]]"),
    ],
)
def test_what_a_page_holds_is_marked(html, mark):
    assert html_to_text(f"{html}<p>seen").splitlines()[-2:] == ["[[html]]", mark]


def test_a_page_within_hidden_elements_is_read():
    assert html_to_text("<div hidden>" * 2000 + "one").split() == ["[[html]]", HIDDEN]


def test_every_mark_is_a_token_of_its_own():
    marks = [*html_evidence.HOLDS, HIDDEN, MISMATCH, IMAGES, BLOCKS]
    tokens = [f"<{mark.strip('[]')}>" for mark in marks]
    assert tokenize("\n".join(marks)) == tokens
    assert tokenize("\n".join(marks).upper()) == tokens
    assert tokenize("[[else]]") == ["[", "[", "<repeated>", "else", "]", "]", "<repeated>"]


def test_deep_nesting_does_not_take_long():
    html = "<font color=white><a href='http://a.example'>" * 30_000 + "b.example"
    assert HIDDEN in html_to_text(html)


@pytest.mark.parametrize(
    "blocks",
    [
        "<p>" * 20_001,
        "<div>" * 300_000,  # a parser that nests them all takes minutes
        "<table><tr><td>" * 100_000,
        "<div>" * 20_001 + "<p " * 300_000 + ">",
    ],
)
def test_text_behind_more_blocks_than_are_read_is_read_and_they_are_marked(blocks):
    lines = html_to_text(f"{blocks}win a <b>prize</b><td style='width: 9em'>now").splitlines()
    assert lines[:2] == ["win a prize", "now"]
    assert lines[-1] == BLOCKS


def test_a_page_of_blocks_without_text_is_marked():
    assert html_to_text("<p>" * 20_001).splitlines() == ["[[html]]", BLOCKS]
    assert html_to_text("<p>" * 20_000) == ""
