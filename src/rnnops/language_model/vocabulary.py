"""The words that a language model knows, and documents as their numbers."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np

from rnnops.core import files
from rnnops.core.errors import InputError
from rnnops.language_model.words import split_into_sentences

END, UNKNOWN = 0, 1
SPECIAL = ("<end>", "<unknown>")  # no word of a text is written so: a mark is a word of its own
FILE = "vocabulary.json"


@dataclass(frozen=True)
class Vocabulary:
    """Words by their ids: the end of a sentence, the unknown word, then the most frequent first.

    `is_tokenized`: whether blanks separate the words of its texts, see `split_into_sentences`.
    """

    words: list[str]
    is_tokenized: bool

    @classmethod
    def fit(cls, texts: Iterable[str], size: int, *, is_tokenized: bool) -> Self:
        """The most frequent words of `texts`; with the two others, `size` at most.

        Raises:
            InputError: when there is no word.
        """
        counts = Counter(
            word
            for text in texts
            for words in split_into_sentences(text, is_tokenized=is_tokenized)
            for word in words
        )
        if not counts:
            raise InputError("the training split has no word")
        by_frequency = sorted(counts, key=lambda word: (-counts[word], word))
        return cls([*SPECIAL, *by_frequency[: size - len(SPECIAL)]], is_tokenized)

    def __len__(self) -> int:
        return len(self.words)

    def ids(self, text: str, *, is_whole: bool = True) -> np.ndarray:
        """The ids of a text's words, int32, `END` after each sentence.

        Args:
            is_whole: whether its last sentence ends; a beginning that is to be continued does not.
        """
        found: list[int] = []
        for words in split_into_sentences(text, is_tokenized=self.is_tokenized):
            found += [self._ids.get(word, UNKNOWN) for word in words]
            found.append(END)
        if found and not is_whole:
            found.pop()
        return np.array(found, np.int32)

    def text(self, ids: Sequence[int] | np.ndarray) -> str:
        """The words of the ids, with blanks between them and a line for each sentence."""
        sentences: list[list[str]] = [[]]
        for word in ids:
            if word == END:
                sentences.append([])
            else:
                sentences[-1].append(self.words[word])
        return "\n".join(" ".join(words) for words in sentences).rstrip("\n")

    def save(self, folder: Path) -> None:
        """Write the vocabulary as JSON into `folder`."""
        described = {"words": self.words, "is_tokenized": self.is_tokenized}
        files.write_json(described, folder / FILE)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The vocabulary that `save` wrote into `folder`."""
        return cls(**files.read_json(Path(folder) / FILE))

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.words)}
