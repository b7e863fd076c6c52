"""Text to tokens, in order and for any script: words in lower case, single marks, and evidence.

Where no blanks part the words, each segment (`data.segmentation`) is a token.

What lower case and single marks do not show stands behind them, as a token in angle brackets, which
no text gives rise to. A run of words in capitals has one <shout> behind it, however long it is: a
message in capitals reads as it would in small letters, and shouts once. Only a word with a small
letter ends a run.

| in the text                                     | tokens                                 |
|-------------------------------------------------|----------------------------------------|
| a FREE gift                                     | a free <shout> gift                    |
| READ ME NOW!                                    | read me now <shout> !                  |
| v1agra; with a zero-width space or Cyrillic а   | viagra <obfuscated>                    |
| V.I.A.G.R.A, or with blanks or hyphens          | viagra <obfuscated>                    |
| https://example.com                             | https : / / example . com <url>        |
| bob@example.com                                 | bob @ example . com <email>            |
| $9.99                                           | $ 9 . 99 <0.00> <price>                |
| 10:30                                           | 10 : 30 <00:00>                        |
| !!!                                             | ! ! ! <repeated>                       |
| [[hidden-text]] and others of html_evidence     | <hidden-text>                          |
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from rnnops.features.remembered import Remembered
from rnnops.text import segmentation

MAX_TOKEN_CHARACTERS = 40
MOST_REPEATS = 3  # of a mark that stands many times in a row
SHORTEST_OBFUSCATED = 5  # characters; w3c and h1b are meant as they are
SHORTEST_SHOUT = 3  # characters; I and OK are no shouting
REMEMBERED_CHUNKS, REMEMBERED_MATCHES = 40_000, 15_000
LONGEST_REMEMBERED = 40  # characters

EVIDENCE = (  # the marks of html_evidence
    "hidden-text", "link-mismatch", "image-only", "html", "remote-image", "form", "script",
    "table", "centred", "bold", "coloured-text", "background", "font-size", "many-blocks",
)  # fmt: skip
SHOUT = "<shout>"
OBFUSCATED = "<obfuscated>"
REPEATED = "<repeated>"

_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_TOKEN = re.compile(
    rf"""
      \[\[(?P<evidence>(?i:{"|".join(EVIDENCE)}))\]\]
    | (?P<url>(?i:https?://|www\.)[^\s<>"']+)
    | (?P<email>[\w.+-]{{1,64}}@(?i:[a-z0-9-]+(?:\.[a-z0-9-]+)+))
    | (?P<spaced>(?<![^\W_])[^\W\d_](?P<gap>[ .*_-])[^\W\d_](?:(?P=gap)[^\W\d_]){{2,}}(?![^\W_]))
    | [$€£¥]\s?(?P<price>\d+(?:[.,]\d+)*)
    | (?P<number>\d+(?:[.,:/-]\d+)*)(?![^\W_])
    | (?P<word>\w[\w{_INVISIBLE}]*)
    | (?P<mark>[^\w\s])(?P<repeats>(?P=mark)*)
    """,
    re.VERBOSE,
)
_HOLDS_BLANK = re.compile(r" [^\W\d_] [^\W\d_] |[$€£¥]\s\d")  # a match may hold one
_LINE_END = re.compile(r"(?<![$€£¥])\n")
_PIECE = re.compile(r"\w+|[^\w\s]")
_DIGIT = re.compile(r"\d")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d_])[01345]+(?=[^\W\d_])")
# Pairs of Unicode's confusables (Technical Standard 39) between Latin, Cyrillic and Greek.
_CONFUSABLE = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγικνορτυ",
    "ABESIJKMHOPCTYXaesijopcyxhdqwABEZHIKMNOPTYXayiKvoptu",
)
_WITHOUT_INVISIBLE = dict.fromkeys(map(ord, _INVISIBLE))
_DIGIT_AS_LETTER = str.maketrans("01345", "oieas")


class _Read(NamedTuple):
    """What is read of one match: its tokens; whether it ends a run of capitals, or belongs to one.

    The text around a match decides where it ends, not what it is: equal ones read the same.
    """

    tokens: tuple[str, ...]
    ends_run: bool
    shouts: bool


def tokenize(text: str) -> list[str]:
    """The tokens of `text`, whose characters are first brought to one form (NFKC).

    Tokens are cut to 40 characters: what is longer is encoded data, not a word.
    """
    parts: list[tuple[str, ...]] = []
    shouted = None  # where a run of capitals ends, so far
    for is_segment, part in segmentation.split(unicodedata.normalize("NFKC", text)):
        if is_segment:
            parts.append((part[:MAX_TOKEN_CHARACTERS],))
            continue
        reads = chain.from_iterable(map(_chunk_reads, _chunks(part)))
        for tokens, ends_run, shouts in reads:
            if ends_run and shouted is not None:
                parts.insert(shouted, (SHOUT,))
                shouted = None
            parts.append(tokens)
            if shouts:
                shouted = len(parts)
    if shouted is not None:
        parts.insert(shouted, (SHOUT,))
    return list(chain.from_iterable(parts))


def _chunks(text: str) -> Iterable[str]:
    """Parts of a text that no match goes beyond."""
    if not _HOLDS_BLANK.search(text):
        return text.split()
    lines = _LINE_END.split(text)
    return chain.from_iterable(
        [line] if _HOLDS_BLANK.search(line) else line.split() for line in lines
    )


def _read_chunk(chunk: str) -> list[_Read]:
    """What is read of the matches in a text; in one where it comes to the same."""
    reads: list[_Read] = []
    for match in _TOKEN.finditer(chunk):
        read = _match(match[0])
        before = reads[-1] if reads else None
        if before and not before.shouts and (before.ends_run or not read.ends_run):
            reads[-1] = _Read(before.tokens + read.tokens, before.ends_run, read.shouts)
        else:
            reads.append(read)
    return reads


def _read(found: str) -> _Read:
    match = _TOKEN.fullmatch(found)
    if match is None:
        raise ValueError(f"{found!r} is no token")
    word = match["word"] or ""
    return _Read(
        tokens=tuple(token[:MAX_TOKEN_CHARACTERS] for token in _tokens(match)),
        ends_run=word != word.upper(),
        shouts=len(word) >= SHORTEST_SHOUT and word.isupper(),
    )


_match = Remembered(_read, REMEMBERED_MATCHES, LONGEST_REMEMBERED).__getitem__
_chunk_reads = Remembered(_read_chunk, REMEMBERED_CHUNKS, LONGEST_REMEMBERED).__getitem__


def _tokens(match: re.Match[str]) -> Iterator[str]:
    kind, found = match.lastgroup, match[0]
    if kind == "evidence":
        yield f"<{match[kind].lower()}>"
    elif kind == "spaced":
        yield from (found.replace(match["gap"], "").lower(), OBFUSCATED)
    elif kind == "word":
        yield from _word(found)
    elif kind == "repeats":
        yield from found[:MOST_REPEATS]
        if len(found) > 1:
            yield REPEATED
    else:
        yield from _PIECE.findall(found.lower())
        if kind in ("number", "price"):
            yield f"<{_DIGIT.sub('0', match[kind])}>"
        if kind != "number":
            yield f"<{kind}>"


def _word(word: str) -> tuple[str, ...]:
    shown = word.translate(_WITHOUT_INVISIBLE) if _LATIN.search(word) else word
    if not shown.isascii() and _LATIN.search(shown):
        shown = shown.translate(_CONFUSABLE)
    read = shown
    if len(shown) >= SHORTEST_OBFUSCATED:
        read = _BETWEEN_LETTERS.sub(lambda digits: digits[0].translate(_DIGIT_AS_LETTER), shown)
    if read != word:
        return read.lower(), OBFUSCATED
    return (read.lower(),)
