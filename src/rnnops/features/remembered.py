"""What a function gave for its arguments, kept for the next time; quicker than `lru_cache`."""

from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


class Remembered(dict[str, Result]):
    """`remembered[argument]` is `function(argument)`, which is never None.

    After every `most` new arguments those that were not asked for since the last time are
    forgotten. Arguments of more than `longest` characters are not kept at all.
    """

    def __init__(self, function: Callable[[str], Result], most: int, longest: int) -> None:
        super().__init__()
        self.function = function
        self.most = most
        self.longest = longest
        self.older: dict[str, Result] = {}

    def __missing__(self, argument: str) -> Result:
        if len(argument) > self.longest:
            return self.function(argument)
        result = self.older.pop(argument, None)
        if result is None:
            result = self.function(argument)
        if len(self) >= self.most:
            self.older = dict(self)
            self.clear()
        self[argument] = result
        return result
