"""What people hand over to be classified: .eml files, mbox files, plain text, standard input."""

import re
import sys
from pathlib import Path

from rnnops.data.mail import parse_mail
from rnnops.data.mail_folders import split_mailbox
from rnnops.errors import InputError

_MAIL_START = re.compile(rb"(From \S+ |(Received|Return-Path|Delivered-To|From|Subject|Date):\s)")


def read_texts(paths: list[Path]) -> list[tuple[str, str]]:
    """The name and text of each message in the files; the path `-` is standard input.

    A file that starts like an mbox is one; a message is mail when its file's name ends in .eml or
    it starts like mail, else plain text.

    Raises:
        InputError: for a file that is not there, a folder, or nothing to read.
    """
    texts = []
    for path in paths:
        if str(path) == "-":
            texts += _named("standard input", [sys.stdin.buffer.read()])
        elif path.is_file():
            texts += _named(str(path), list(split_mailbox(path)))
        else:
            raise InputError(f"{path} is not a file: name .eml, mbox or text files")
    return texts


def _named(name: str, messages: list[bytes]) -> list[tuple[str, str]]:
    if not any(message.strip() for message in messages):
        raise InputError(f"{name} is empty: there is nothing to classify")
    numbered = [f"{name}#{number}" for number in range(1, len(messages) + 1)]
    return [
        (label, _text(message, is_mail=name.endswith(".eml")))
        for label, message in zip(numbered if messages[1:] else [name], messages, strict=True)
    ]


def _text(content: bytes, *, is_mail: bool) -> str:
    if is_mail or _MAIL_START.match(content):
        return parse_mail(content).text
    return content.decode("utf-8", errors="replace")
