"""Text from messages, labels and file names that is safe to put into HTML or Markdown."""

import re

from markupsafe import Markup, escape

from rnnops.core.bidi import POP_ISOLATE, has_right_to_left, isolate

# Controls but tab and line feed, surrogates, embeddings and overrides of the direction of writing,
# and noncharacters; HTML allows hardly any of them.
_NONCHARACTERS = "".join(f"{chr(end - 1)}{chr(end)}" for end in range(0xFFFF, 0x110000, 0x10000))
_UNPRINTABLE = re.compile(
    f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\ufdd0-\ufdef{_NONCHARACTERS}]"
)
_ISOLATES = re.compile("[\u2066-\u2069]")


def printable(text: str) -> str:
    """`text` with a space for each control; nothing in it changes the direction of what follows."""
    text = _UNPRINTABLE.sub(" ", text)
    return text if _isolates_are_balanced(text) else _ISOLATES.sub(" ", text)


def _isolates_are_balanced(text: str) -> bool:
    depth = 0
    for isolate_mark in _ISOLATES.findall(text):
        depth += -1 if isolate_mark == POP_ISOLATE else 1
        if depth < 0:
            return False
    return depth == 0


def to_html(value: object) -> Markup:
    """`value` escaped for HTML; what is `Markup` already stays as it is."""
    return value if isinstance(value, Markup) else escape(printable(str(value)))


def isolate_html(text: str) -> Markup:
    """`text` escaped for HTML; right-to-left letters in it move nothing beside it."""
    return (
        Markup("<bdi>{}</bdi>").format(to_html(text)) if has_right_to_left(text) else to_html(text)
    )


def to_markdown(value: object) -> Markup:
    """`value` in one line that is neither markup nor the end of a table's cell; Markup stays.

    What cannot be markup where it stands is not escaped, so that Markdown reads well in a terminal:
    underscores within a word, brackets that no address follows. GitHub, MLflow and others link bare
    addresses and @name: a zero-width space ends these. The value must not be the first in its line,
    where `#`, `-` and numbers have a meaning.
    """
    if isinstance(value, Markup):
        return value
    text = " ".join(printable(str(value)).split())
    text = re.sub(r"&(?=#?\w+;)", "&amp;", text)
    text = re.sub(r"[\\`*|~]|(?<![^\W_])_|_(?![^\W_])|\](?=[(\[:])", r"\\\g<0>", text)
    text = re.sub(r":(?=//)|www(?=\.)|@(?=\w)", r"\g<0>&#8203;", text, flags=re.IGNORECASE)
    return Markup(text.replace("<", "&lt;"))  # noqa: S704 - escaped


def isolate_markdown(value: object) -> Markup:
    """`value` escaped for Markdown; right-to-left letters in it move nothing beside it."""
    return to_markdown(isolate(printable(str(value))))


def to_code(text: str) -> Markup:
    """`text` for code in Markdown: one line without backticks."""
    line = " ".join(printable(text).split())
    return Markup(line.replace("`", "'"))  # noqa: S704 - code ends at a backtick or line
