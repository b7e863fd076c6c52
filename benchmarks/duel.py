"""Contenders measured in turn, round by round, so that the machine's noise hits all alike.

Each contender is a process of its own (see worker.py), with its own backend and thread settings. It
stays alive and waits while the others are measured.
"""

import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SOURCE = HERE.parent / "src"


@dataclass(frozen=True)
class Contender:
    """What is measured, and where.

    `prepare` names a function, `module:function`, that takes a cell's settings and `options` as
    keyword arguments and returns another, without arguments, that measures once. `requires` is a
    package that need not be installed.
    """

    name: str
    prepare: str
    options: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    requires: str | None = None


class ContenderError(Exception):
    """A contender that could not be prepared or measured; the message says why."""


class Worker:
    """A contender in its process, which starts again after it died.

    `preparation` is how many seconds it last took to start, build, compile and warm up.
    """

    def __init__(self, contender: Contender) -> None:
        self.contender = contender
        self.process: subprocess.Popen | None = None
        self.preparation = 0.0

    def prepare(self, settings: dict[str, Any]) -> None:
        """Build and warm up; nothing of it is counted."""
        required = self.contender.requires
        if required is not None and importlib.util.find_spec(required) is None:
            raise ContenderError(f"{required} is not installed")
        began = time.perf_counter()
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                [sys.executable, str(HERE / "worker.py")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                cwd=HERE.parent,
                env=os.environ | {"PYTHONPATH": str(SOURCE)} | self.contender.environment,
            )
        settings = settings | self.contender.options
        self._ask({"prepare": self.contender.prepare, "settings": settings})
        self.preparation = time.perf_counter() - began

    def measure(self) -> Any:
        """One measurement."""
        return self._ask({})

    def end(self) -> None:
        """Let the process go."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()

    def _ask(self, request: dict[str, Any]) -> Any:
        try:
            print(json.dumps(request), file=self.process.stdin, flush=True)
        except BrokenPipeError:
            raise ContenderError(f"ended with status {self.process.wait()}") from None
        reply = self.process.stdout.readline()
        if not reply:
            raise ContenderError(f"ended with status {self.process.wait()}")
        answer = json.loads(reply)
        if "error" in answer:
            raise ContenderError(answer["error"])
        return answer["value"]


@contextmanager
def workers(contenders: Iterable[Contender]) -> Iterable[list[Worker]]:
    """A worker for each contender; they end with the block."""
    started = [Worker(contender) for contender in contenders]
    try:
        yield started
    finally:
        for worker in started:
            worker.end()


def duel(
    workers: list[Worker], settings: dict[str, Any], rounds: int
) -> tuple[dict[str, list[Any]], dict[str, str]]:
    """Every worker prepared with `settings`, then measured once a round.

    The order is reversed in every second round.

    Returns:
        By contender's name, one measurement a round; and why the others failed.
    """
    measured: dict[str, list[Any]] = {}
    failed: dict[str, str] = {}
    for worker in workers:
        try:
            worker.prepare(settings)
            measured[worker.contender.name] = []
        except ContenderError as error:
            failed[worker.contender.name] = str(error)
    for number in range(rounds):
        for worker in workers if number % 2 == 0 else reversed(workers):
            name = worker.contender.name
            if name not in failed:
                try:
                    measured[name].append(worker.measure())
                except ContenderError as error:
                    failed[name] = str(error)
                    del measured[name]
    return measured, failed
