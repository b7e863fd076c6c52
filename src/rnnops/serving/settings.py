"""What the server is asked to do, and the bounds on what it takes."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from rnnops.core.errors import InputError
from rnnops.ingest.file_kinds import MOST_BYTES

TOKEN_VARIABLE = "RNNOPS_TOKEN"  # noqa: S105 - the variable's name
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Limits:
    """Bounds on requests; what is beyond them is refused at once.

    Attributes:
        body_bytes: of one request.
        messages: of one request.
        waiting_messages: of all requests that wait for the model.
        bytes_in_memory: of the bodies of all requests that are being answered; JSON counts five
            times, as a character of its strings takes up to four bytes more.
        batch_size: messages that a worker gets at a time.
        seconds: that a request may take, and that a client has to send it.
    """

    body_bytes: int = MOST_BYTES
    messages: int = 1000
    waiting_messages: int = 2000
    bytes_in_memory: int = 8 * MOST_BYTES
    batch_size: int = 32
    seconds: float = 30


@dataclass(frozen=True)
class Settings:
    """How the server runs.

    Attributes:
        model: URI of the only model to serve; by default the champion, asked for again and again.
        processes: that score messages.
        check_every: seconds between two questions which model to serve.
        token: that clients have to send.
        names: of the server, besides loopback's, that a request may ask for.
        log: keep the predictions; `log_texts` with the messages' texts.
        access_log: a line for each request.
        loader, chooser: the functions that load and choose the model; benchmarks have others.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    model: str | None = None
    processes: int = field(default_factory=lambda: len(os.sched_getaffinity(0)))
    check_every: float = 5
    token: str | None = field(default=None, repr=False)
    names: frozenset[str] = frozenset()
    log: bool = False
    log_texts: bool = False
    access_log: bool = True
    limits: Limits = Limits()
    loader: str = "rnnops.runtime.text_classifier:TextClassifier.load"
    chooser: str = "rnnops.registry.served_model:choose_served_model"

    @property
    def is_on_loopback(self) -> bool:
        """Whether only this machine reaches the server."""
        return self.host.lower() in LOOPBACK

    @property
    def keeps_log(self) -> bool:
        """Whether predictions are logged."""
        return self.log or self.log_texts

    @property
    def accepted_names(self) -> frozenset[str] | None:
        """The names that a request may ask for, None for any."""
        if not self.is_on_loopback and not self.names:
            return None
        return LOOPBACK | self.names | {self.host.lower()}


def read_token(file: Path | None) -> str | None:
    """The token in `file`, else that in the environment; None without either.

    Raises:
        InputError: when the file cannot be read, or the token is empty or no header can hold it.
    """
    if file is not None:
        try:
            token, place = file.read_text("utf-8"), f"--token-file {file}"
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise InputError(f"--token-file {file} cannot be read: {reason}") from None
    elif TOKEN_VARIABLE in os.environ:
        token, place = os.environ[TOKEN_VARIABLE], TOKEN_VARIABLE
    else:
        return None
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise InputError(f"{place} holds no token: write one line of ASCII letters and digits")
    return token
