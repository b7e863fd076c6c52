"""Errors whose message is for the user."""

from collections.abc import Sequence


class InputError(Exception):
    """The user's input is wrong: the message says what, where and what to do.

    Entry points print it as one line and exit with status 1, without a traceback.
    """


class ParametersError(InputError):
    """Values in the parameters' file at `path` are wrong; `keys` are their places in it."""

    def __init__(self, message: str, path: str, keys: Sequence[tuple[str | int, ...]]) -> None:
        super().__init__(message)
        self.path = path
        self.keys = keys
