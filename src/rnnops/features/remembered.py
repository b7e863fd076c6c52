"""What a function gave for its arguments, kept for the next time; quicker than `lru_cache`."""

from collections.abc import Callable, Hashable
from typing import TypeVar

Argument = TypeVar("Argument", bound=Hashable)
Result = TypeVar("Result")


class Remembered(dict[Argument, Result]):
    """`remembered[argument]` is `function(argument)`; beyond `most` arguments all are forgotten."""

    def __init__(self, function: Callable[[Argument], Result], most: int) -> None:
        super().__init__()
        self.function = function
        self.most = most

    def __missing__(self, argument: Argument) -> Result:
        if len(self) >= self.most:
            self.clear()
        result = self[argument] = self.function(argument)
        return result
