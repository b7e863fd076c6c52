"""The texts of the latest answers, for labels that name an answer by its id."""

from collections import OrderedDict
from collections.abc import Sequence

MOST_ANSWERS = 20_000
MOST_CHARACTERS = 16 * 2**20


class RememberedTexts:
    """The newest texts by id, as many as there is room for."""

    def __init__(self, answers: int = MOST_ANSWERS, characters: int = MOST_CHARACTERS) -> None:
        self._most = (answers, characters)
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._characters = 0

    def add(self, ids: Sequence[str], texts: Sequence[str]) -> None:
        """Remember texts, and forget the oldest."""
        for message_id, text in zip(ids, texts, strict=True):
            self._texts[message_id] = text
            self._characters += len(text)
        answers, characters = self._most
        while len(self._texts) > answers or self._characters > characters:
            _, text = self._texts.popitem(last=False)
            self._characters -= len(text)

    def get(self, message_id: str) -> str | None:
        """The text with that id, None when it is forgotten."""
        return self._texts.get(message_id)
