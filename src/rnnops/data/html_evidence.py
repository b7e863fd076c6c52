"""What an HTML page does that its visible text does not tell, as marks that tokenize to themselves.

| mark             | the page                                                             |
|------------------|----------------------------------------------------------------------|
| [[hidden-text]]  | holds text that is not to be seen: no size, no display, no contrast   |
| [[link-mismatch]]| has a link whose text names another host than it leads to            |
| [[image-only]]   | shows nothing but images                                             |
"""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

HIDDEN_TEXT = "[[hidden-text]]"
LINK_MISMATCH = "[[link-mismatch]]"
IMAGE_ONLY = "[[image-only]]"

_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*(?:0(?![.\d])|1px)", re.IGNORECASE
)
_COLOURED = "font[color], [style*='color' i]"
_MOST_NODES = 500  # looked at, and ancestors of each: a page can nest them without end
_COLOUR = re.compile(r"(?<![-\w])color\s*:\s*(#?\w+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"background(?:-color)?\s*:\s*(#?\w+)", re.IGNORECASE)
_NAMED = {"white": "ffffff", "black": "000000"}
_HOST = re.compile(r"(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:[/:?#]\S*)?", re.IGNORECASE)


def unseen(page: LexborHTMLParser) -> list[LexborNode]:
    """The elements that a browser does not show, or too small to see."""
    styled = (
        node for node in page.css("[style]") if _UNSEEN.search(node.attributes["style"] or "")
    )
    return [*page.css("[hidden]"), *styled]


def evidence(page: LexborHTMLParser) -> list[str]:
    """The marks of `page`, at most one of a kind, but for IMAGE_ONLY, which its reader sees."""
    found = []
    hidden = islice(unseen(page), _MOST_NODES)
    if any(node.text().strip() for node in hidden) or _has_text_without_contrast(page):
        found.append(HIDDEN_TEXT)
    links = islice(page.css("a[href]"), _MOST_NODES)
    if any(_misleads(link.text(), link.attributes["href"] or "") for link in links):
        found.append(LINK_MISMATCH)
    return found


def _has_text_without_contrast(page: LexborHTMLParser) -> bool:
    for node in islice(page.css(_COLOURED), _MOST_NODES):
        declared = _COLOUR.search(node.attributes.get("style") or "")
        ink = declared[1] if declared else node.attributes.get("color")
        if ink and _colour(ink) == _paper(node) and node.text().strip():
            return True
    return False


def _paper(node: LexborNode) -> str:
    """The colour behind `node`: the nearest that it or what it is in declares, else white."""
    for around in islice(_outwards(node), _MOST_NODES):
        declared = _BACKGROUND.search(around.attributes.get("style") or "")
        colour = declared[1] if declared else around.attributes.get("bgcolor")
        if colour:
            return _colour(colour)
    return _colour("white")


def _outwards(node: LexborNode | None) -> Iterator[LexborNode]:
    while node is not None:
        yield node
        node = node.parent


def _colour(value: str) -> str:
    """Six hexadecimal digits where the colour is black, white or written as digits."""
    digits = value.strip().lstrip("#").lower()
    digits = _NAMED.get(digits, digits)
    return "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits


def _misleads(text: str, target: str) -> bool:
    """Whether `text` is an address and its host, less a leading www, another than `target`'s."""
    shown = _HOST.fullmatch(text.strip())
    try:
        real = urlsplit(target.strip()).hostname
    except ValueError:
        return False
    if not shown or not real:
        return False
    return _bare(shown[1]) != _bare(real)


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.")
