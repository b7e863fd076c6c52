"""The text that a person sees of an HTML page."""

import re
from itertools import islice

from selectolax.lexbor import LexborHTMLParser

from rnnops.ingest.html_evidence import (
    HIDDEN_TEXT,
    IMAGE_ONLY,
    MANY_BLOCKS,
    hidden_elements,
    list_evidence,
)

# A form feed before each of these marks a line break: to HTML it is white space, allowed anywhere.
_BLOCK = (
    r"/?(?:address|article|aside|blockquote|br|caption|center|dd|div|dl|dt|fieldset|footer|form|"
    r"h[1-6]|header|hr|li|main|nav|ol|option|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul)\b"
)
_BREAKING = re.compile(f"<(?={_BLOCK})", re.IGNORECASE)
_BLOCK_TAG = re.compile(f"<{_BLOCK}[^<>]*>?", re.IGNORECASE)
_MOST_BLOCKS = 20_000  # nested ones take the parser quadratic time: 0.6 s for this many
_NOT_TEXT = "head, script, style, title, template, iframe, noembed, noframes"
_STARTS_AS_HTML = re.compile(
    r"(?>\s*(?:<!--.*?-->\s*)*)<(?:!doctype\s+html|(?:x-)?html|head|body|title|meta|style|table|center|font|div|p|"
    r"br|a\s+href|img)\b[^<]*>",
    re.IGNORECASE | re.DOTALL,
)
_SPACE = re.compile(r"[^\S\f]+")
_BREAKS = re.compile(r"[ \f]*\f[ \f]*")


def looks_like_html(text: str) -> bool:
    """Whether `text` opens with an HTML tag, as mail wrongly declared plain text does."""
    return _STARTS_AS_HTML.match(text) is not None


def html_to_text(html: str) -> str:
    """The visible text of `html`: no tags, scripts, styles, comments or title; a line a block.

    A page that shows nothing but images gives their alternative texts. Behind the text stands what
    `html_evidence` finds, a line each; a page that shows nothing and hides no text is "".
    Behind the first 20,000 block tags the others are line breaks only; MANY_BLOCKS says so.
    """
    html = html.replace("\f", " ")
    excess = next(islice(_BREAKING.finditer(html), _MOST_BLOCKS, None), None)
    end = excess.start() if excess else len(html)
    page = LexborHTMLParser(_BREAKING.sub("\f<", html[:end]) + _BLOCK_TAG.sub("\f", html[end:]))
    marks = list_evidence(page)
    if excess:
        marks.append(MANY_BLOCKS)
    for node in page.css(_NOT_TEXT):
        node.decompose()
    for node in hidden_elements(page):
        node.decompose()
    text = page.root.text(separator="") if page.root else ""
    if not text.strip():
        images = page.css("img")
        if not images and not {HIDDEN_TEXT, MANY_BLOCKS} & set(marks):
            return ""
        text = "\f".join(image.attributes.get("alt") or "" for image in images)
        marks += [IMAGE_ONLY] if images else []
    return _BREAKS.sub("\n", _SPACE.sub(" ", "\f".join([text, *marks]))).strip()
