"""Text as sentences of words: a line is a sentence, and marks are words."""

import re

from rnnops.text import segmentation

WORD = re.compile(r"\w+(?:['’.,-]\w+)*|[^\w\s]")


def split_into_sentences(text: str, *, is_tokenized: bool) -> list[list[str]]:
    """The words of each line that has some, in lower case.

    A word is a run of letters and digits, which may have marks inside, as in *don't*, *3.5* and
    *well-known*; each other mark is a word of its own. Where no blanks part the words, each segment
    (`data.segmentation`) is one.

    Args:
        is_tokenized: whether blanks separate all words, marks too; then nothing else does.
    """
    lines = (line.split() if is_tokenized else _words(line) for line in text.lower().splitlines())
    return [words for words in lines if words]


def _words(line: str) -> list[str]:
    words: list[str] = []
    for is_segment, part in segmentation.split(line):
        words += [part] if is_segment else WORD.findall(part)
    return words
