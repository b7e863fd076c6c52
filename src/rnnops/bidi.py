"""Right-to-left text in lines that run left to right: by Unicode's rules (Annex 9) for isolates."""

import unicodedata

FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


def isolate(text: str) -> str:
    """`text` so that what is right to left in it moves nothing beside it; without any, as it is.

    In a table's row the numbers behind an Arabic cell would else be shown before it.
    """
    if any(unicodedata.bidirectional(character) in ("R", "AL") for character in text):
        return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"
    return text
