"""What people hand over to be classified: .eml files, mbox files, plain text, standard input."""

import mailbox
import re
import sys
from pathlib import Path

from rnnops.data.mail import parse_mail
from rnnops.errors import InputError

_MBOX_START = re.compile(rb"From \S+ .*\d{4}")
_MAIL_START = re.compile(rb"(From \S+ |(Received|Return-Path|Delivered-To|From|Subject|Date):\s)")


def read_texts(paths: list[Path]) -> list[tuple[str, str]]:
    """The name and text of each message in the files; the path `-` is standard input.

    A file is an mbox when it starts like one and holds several messages, one message when its name
    ends in .eml or it starts like one, else plain text.

    Raises:
        InputError: for a file that is not there, a folder, or nothing to read.
    """
    texts = []
    for path in paths:
        if str(path) == "-":
            texts += _texts("standard input", sys.stdin.buffer.read())
        elif path.is_file():
            texts += _texts(str(path), path.read_bytes(), path)
        else:
            raise InputError(f"{path} is not a file: name .eml, mbox or text files")
    return texts


def _texts(name: str, content: bytes, path: Path | None = None) -> list[tuple[str, str]]:
    if not content.strip():
        raise InputError(f"{name} is empty: there is nothing to classify")
    if path is not None and _MBOX_START.match(content):
        messages = mailbox.mbox(path, create=False)
        parsed = [parse_mail(messages.get_bytes(key)).text for key in messages.keys()]  # noqa: SIM118
        if len(parsed) > 1:
            return [(f"{name}#{number}", text) for number, text in enumerate(parsed, start=1)]
    if name.endswith(".eml") or _MAIL_START.match(content):
        return [(name, parse_mail(content).text)]
    return [(name, content.decode("utf-8", errors="replace"))]
