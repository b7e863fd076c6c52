"""Evidence in an HTML page that its visible text does not show.

The hosts of its links are named; the rest becomes marks that tokenize to themselves:

| mark                           | the page                                                     |
|--------------------------------|--------------------------------------------------------------|
| [[html]]                       | is one                                                       |
| [[hidden-text]]                | holds text that is not to be seen: no size, display, contrast |
| [[link-mismatch]]              | has a link whose text names another host than it leads to    |
| [[image-only]]                 | shows nothing but images                                     |
| [[remote-image]]               | loads an image from elsewhere when it is opened              |
| [[many-blocks]]                | has over 20,000 blocks, more than are read as such           |
| [[form]], [[script]]           | asks for input, runs code                                    |
| [[table]], [[centred]]         | is laid out so                                               |
| [[bold]], [[font-size]]        | likewise                                                     |
| [[coloured-text]], [[background]] | likewise                                                  |
"""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

HIDDEN_TEXT = "[[hidden-text]]"
LINK_MISMATCH = "[[link-mismatch]]"
IMAGE_ONLY = "[[image-only]]"
MANY_BLOCKS = "[[many-blocks]]"
# By mark, the CSS selector of what must be there; every page matches the first.
HOLDS = {
    "[[html]]": "html",
    "[[remote-image]]": "img[src^='http' i]",
    "[[form]]": "form",
    "[[script]]": "script",
    "[[table]]": "table",
    "[[centred]]": "center, [align='center' i]",
    "[[bold]]": "b, strong",
    "[[coloured-text]]": "font[color], [style*='color' i]",
    "[[background]]": "[bgcolor]",
    "[[font-size]]": "font[size]",
}
MOST_HOSTS = 10  # named of one page

_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*(?:0(?![.\d])|1px)", re.IGNORECASE
)
_MOST_NODES = 500  # looked at, and ancestors of each: a page can nest them without end
_COLOUR = re.compile(r"(?<![-\w])color\s*:\s*(#?\w+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"background(?:-color)?\s*:\s*(#?\w+)", re.IGNORECASE)
_NAMED = {"white": "ffffff", "black": "000000"}
_HOST = re.compile(r"(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:[/:?#]\S*)?", re.IGNORECASE)


def hidden_elements(page: LexborHTMLParser) -> list[LexborNode]:
    """The elements that a browser does not show, or too small to see."""
    styled = (
        node for node in page.css("[style]") if _UNSEEN.search(node.attributes["style"] or "")
    )
    return [*page.css("[hidden]"), *styled]


def list_evidence(page: LexborHTMLParser) -> list[str]:
    """The hosts that links lead to, the first ten, and the marks of `page`, at most one of a kind.

    The page must be whole. IMAGE_ONLY and MANY_BLOCKS are not among them: they concern the text.
    """
    links = list(islice(page.css("a[href]"), _MOST_NODES))
    hosts = dict.fromkeys(filter(None, (_host(link.attributes["href"]) for link in links)))
    found = [*islice(hosts, MOST_HOSTS), *(mark for mark, held in HOLDS.items() if page.css(held))]
    hidden = islice(hidden_elements(page), _MOST_NODES)
    if any(node.text().strip() for node in hidden) or _has_text_without_contrast(page):
        found.append(HIDDEN_TEXT)
    if any(_misleads(link.text(), link.attributes["href"]) for link in links):
        found.append(LINK_MISMATCH)
    return found


def _has_text_without_contrast(page: LexborHTMLParser) -> bool:
    for node in islice(page.css(HOLDS["[[coloured-text]]"]), _MOST_NODES):
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


def _misleads(text: str, target: str | None) -> bool:
    """Whether `text` is an address and its host, less a leading www, another than `target`'s."""
    shown, real = _HOST.fullmatch(text.strip()), _host(target)
    if not shown or not real:
        return False
    return _bare(shown[1]) != _bare(real)


def _host(target: str | None) -> str | None:
    """The host that a link leads to, in lower case; None where it names none."""
    try:
        return urlsplit((target or "").strip()).hostname
    except ValueError:
        return None


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.")
