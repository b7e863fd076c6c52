"""Segments of scripts without spaces: Chinese, Japanese, Thai, Lao, Khmer and Burmese.

A segment is a character with the marks that it carries, or a run of katakana, which spells one
loan word:

| text               | segments              |
|--------------------|-----------------------|
| 今天开会           | 今 天 开 会           |
| ビットコインを買う | ビットコイン を 買 う |
| ที่บ้าน            | ที่ บ้ า น            |
| ស្រីស្អាត          | ស្រី ស្អា ត           |

No dictionary is needed: n-grams of neighbouring segments take the place of words
(docs/languages.md).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_CHARACTERS = (
    "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese
    "\u3041-\u309f"  # hiragana
    "\u0e01-\u0e3a\u0e40-\u0e4e"  # Thai; digits and punctuation are left out, here and below
    "\u0e81-\u0ece\u0edc-\u0edf"  # Lao
    "\u1780-\u17d3\u17d7\u17dc\u17dd"  # Khmer
    "\u1000-\u103f\u104c-\u108f\u109a-\u109d\ua9e0-\ua9ef\ua9fa-\ua9fe\uaa60-\uaa7f"  # Burmese
)
_MARKS = "".join(
    character
    for character in re.findall(f"[{_CHARACTERS}]", "".join(map(chr, range(0x10000))))
    if unicodedata.category(character).startswith("M")
)
_STACKERS = "\u17d2\u1039"  # put the next consonant below: Khmer coeng, Burmese virama
_INVISIBLE = "\u200b-\u200d\u2060"  # zero-width blanks, with which some Khmer and Thai is written

_ANY = re.compile(f"[{_KATAKANA}{_CHARACTERS}]")
_SEGMENT = rf"[{_KATAKANA}]+|[{_CHARACTERS}](?:[{_MARKS}]|(?<=[{_STACKERS}])[{_CHARACTERS}])*"
_SPLIT = re.compile(f"[{_INVISIBLE}]*({_SEGMENT})[{_INVISIBLE}]*")
_PIECE = re.compile(rf"\s*(?:{_SEGMENT}|[^\s{_KATAKANA}{_CHARACTERS}]+)\s*")


def is_unspaced(text: str) -> bool:
    """Whether `text` has a character of a script that writes no spaces between words."""
    return not text.isascii() and _ANY.search(text) is not None


def split(text: str) -> Iterator[tuple[bool, str]]:
    """The parts of `text` in order, each with whether it is a segment.

    The other parts stand between segments; a text without any segment is one part. Zero-width
    blanks beside a segment are dropped.
    """
    parts = _SPLIT.split(text) if is_unspaced(text) else [text]
    return ((position % 2 == 1, part) for position, part in enumerate(parts) if part)


def cut(text: str) -> list[str]:
    """Segments and blank-separated words in order, with the blanks around them; joined, `text`.

    A text of nothing but blanks has none.
    """
    return _PIECE.findall(text)


def join(words: Sequence[str]) -> str:
    """`words` in a row, a blank between two where neither holds a segment."""
    blanks = ["" if is_unspaced(one + next_one) else " " for one, next_one in pairwise(words)]
    return "".join(word + blank for word, blank in zip(words, [*blanks, ""], strict=False))


def runs(tokens: Iterable[str]) -> list[str]:
    """Each run of neighbouring segments among `tokens`, joined; other tokens are left out."""
    tokens = list(tokens)
    if not is_unspaced("".join(tokens)):
        return []
    return ["".join(run) for unspaced, run in groupby(tokens, is_unspaced) if unspaced]
