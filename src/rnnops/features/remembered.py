"""What a function gave for its arguments, kept for the next time; quicker than `lru_cache`."""

from collections.abc import Callable, Hashable
from typing import TypeVar

Argument = TypeVar("Argument", bound=Hashable)
Result = TypeVar("Result")


class Remembered(dict[Argument, Result]):
    """`remembered[argument]` is `function(argument)`, which is never None.

    After every `most` new arguments those that were not asked for since the last time are
    forgotten.
    """

    def __init__(self, function: Callable[[Argument], Result], most: int) -> None:
        super().__init__()
        self.function = function
        self.most = most
        self.older: dict[Argument, Result] = {}

    def __missing__(self, argument: Argument) -> Result:
        result = self.older.pop(argument, None)
        if result is None:
            result = self.function(argument)
        if len(self) >= self.most:
            self.older = dict(self)
            self.clear()
        self[argument] = result
        return result
