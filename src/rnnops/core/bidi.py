"""Right-to-left text within lines that run left to right (Unicode Standard Annex 9)."""

import unicodedata

FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


def has_right_to_left(text: str) -> bool:
    """Whether `text` holds a letter that is written from right to left."""
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def isolate(text: str) -> str:
    """`text` in isolating characters if it has right-to-left letters, for plain text.

    Without them a terminal shows a number that follows an Arabic word before the word, so that
    columns change places.
    """
    if not has_right_to_left(text):
        return text
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"
