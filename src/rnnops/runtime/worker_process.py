"""A process that answers calls one after the other, and ends with the process that started it."""

import os
import pkgutil
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from typing import Any

from rnnops.core.errors import InputError

# Several workers share the cores: a computation of one of them takes one.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
SECONDS_TO_END = 5
_PROGRAM = f"from {__name__} import main; main()"

# What a target returns: what the worker says when it is ready, and the function behind its calls.
Ready = tuple[Any, Callable[[Any], Any]]


class WorkerDiedError(Exception):
    """The process ended in the middle of a call, or did not answer in time."""


class WorkerError(Exception):
    """A call failed in a way that its function does not foresee; the worker goes on.

    It names the type of the failure alone: what that says may quote a message.
    """


# How starting a worker or calling it may fail.
FAILURES = (InputError, WorkerDiedError, WorkerError, OSError)


def reason_of(error: Exception) -> str:
    """A failure in a line: one of `FAILURES` in its words, another one by its type."""
    return " ".join(str(error).split()) if isinstance(error, FAILURES) else type(error).__name__


class WorkerProcess:
    """The process of `target`, "package.module:function", called there with `arguments`.

    The function returns what is said when the worker is ready, and the function that is called.
    Started with Python's own start instead of multiprocessing's, the process imports nothing but
    its target: neither the command that serves nor a tracker of resources.
    """

    def __init__(
        self, target: str, *arguments: Any, environment: Mapping[str, str] = ONE_THREAD
    ) -> None:
        self._connection, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _PROGRAM, str(theirs.fileno())],
                stdin=subprocess.PIPE,  # closed when this process ends, however it does
                pass_fds=[theirs.fileno()],
                env={**os.environ, **environment},
            )
        self._start = (target, arguments)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def wait_until_ready(self, seconds: float | None = None) -> Any:
        """What the worker says when it is ready.

        Raises:
            InputError: as its target does.
            WorkerError: when the target fails otherwise.
            WorkerDiedError: when the process ends meanwhile.
        """
        return self.call(self._start, seconds)

    def call(self, request: Any, seconds: float | None = None) -> Any:
        """The answer to `request`; a worker that needs more than `seconds` is killed.

        Raises:
            InputError: as the function behind the calls does.
            WorkerError: when that function fails otherwise.
            WorkerDiedError: when the process ends or is killed; no other call can succeed then.
        """
        try:
            self._connection.send(request)
            if seconds is not None and not self._connection.poll(seconds):
                raise WorkerDiedError(f"no answer in {seconds:g} seconds")
            failed, answer = self._connection.recv()
        except (OSError, EOFError) as error:
            self.close()
            raise WorkerDiedError(
                f"the worker ended with status {self._process.returncode}"
            ) from error
        except WorkerDiedError:
            self.kill()
            self.close()
            raise
        if failed:
            raise answer
        return answer

    def close(self) -> None:
        """Let the process end, and kill it if it does not."""
        self._connection.close()
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the process at once; a call in another thread fails."""
        self._process.kill()
        self._process.wait()


def answer_calls(connection: Connection) -> None:
    """Call what the first message names, then answer, until the other end is closed."""
    handle: Callable[[Any], Any] = lambda _: None  # noqa: E731
    is_ready = False
    with suppress(EOFError, OSError):
        while True:
            request = connection.recv()
            try:
                if is_ready:
                    answer = handle(request)
                else:
                    target, arguments = request
                    answer, handle = pkgutil.resolve_name(target)(*arguments)
                    is_ready = True
                connection.send((False, answer))
            except InputError as error:
                connection.send((True, InputError(str(error))))
            except Exception as error:  # the one who called decides what becomes of it
                # without what the error says: it may hold a message's text
                traceback.print_tb(error.__traceback__)
                print(type(error).__name__, file=sys.stderr, flush=True)
                connection.send((True, WorkerError(type(error).__name__)))


def main() -> None:
    """The program of a worker: its argument is the number of the file it is called through."""
    # The one who started it decides when it ends: a service manager signals every process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_starter, daemon=True).start()
    answer_calls(Connection(int(sys.argv[1])))


def _end_with_the_starter() -> None:
    """End this process, whatever it does, when the one that started it has ended."""
    os.read(0, 1)
    os._exit(0)
