"""Text to tokens: words, numbers and single punctuation marks, in order and in lower case."""

import re

MAX_TOKEN_CHARACTERS = 40

_TOKEN = re.compile(r"\w+|[^\w\s]")


def tokenize(text: str) -> list[str]:
    """The tokens of `text`; any script's letters and digits count as word characters.

    Tokens are cut to 40 characters: what is longer is encoded data, not a word.
    """
    return [token[:MAX_TOKEN_CHARACTERS] for token in _TOKEN.findall(text.lower())]
