"""Time of a call, averaged over a stretch long enough for the clock."""

import time
from collections.abc import Callable
from typing import Any


def seconds_a_call(call: Callable[[], Any], at_least: float) -> float:
    """Mean seconds of a `call`, which is repeated until `at_least` seconds have passed."""
    calls, elapsed, started = 0, 0.0, time.perf_counter()
    while elapsed < at_least:
        call()
        calls += 1
        elapsed = time.perf_counter() - started
    return elapsed / calls
