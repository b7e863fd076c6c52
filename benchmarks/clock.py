"""Seconds of a call: averaged over a stretch long enough for the clock, or a percentile."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np


def seconds_a_call(call: Callable[[], Any], at_least: float) -> float:
    """Mean seconds of a `call`, which is repeated until `at_least` seconds have passed."""
    calls, elapsed, started = 0, 0.0, time.perf_counter()
    while elapsed < at_least:
        call()
        calls += 1
        elapsed = time.perf_counter() - started
    return elapsed / calls


def percentile_of_seconds(
    messages: list[np.ndarray], percentile: int, predict: Callable[[np.ndarray], Any]
) -> Callable[[], float]:
    """A measurement of a percentile over `messages` of the seconds that `predict` takes for one."""

    def measure() -> float:
        took = []
        for tokens in messages:
            started = time.perf_counter()
            predict(tokens)
            took.append(time.perf_counter() - started)
        return float(np.percentile(took, percentile))

    measure()  # every length has been compiled
    return measure
