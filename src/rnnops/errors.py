"""The one exception that people are meant to read."""


class InputError(Exception):
    """Something the user gave is wrong: the message says what, where and what to do.

    Entry points print it as one line and exit with status 1, without a traceback.
    """
