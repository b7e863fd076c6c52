"""What entry points print: one line for a result or an error, notes and progress."""

import gc
import sys
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from rnnops.core.errors import InputError, ParametersError

Item = TypeVar("Item")

GARBAGE_THRESHOLD = 50_000  # objects, Python's own default is 700


def run_stage(main: Callable[[], str]) -> None:
    """Run a stage's `main` and print the summary line it returns with the seconds it took.

    An `InputError` becomes one line on standard error and exit status 1. Within a DVC experiment,
    params.yaml gets its committed values back in place of those that are wrong.
    """
    started = time.perf_counter()
    collect_garbage_rarely()
    try:
        summary = main()
    except ParametersError as error:
        from rnnops.core.refused_values import restore_committed_values

        restored = restore_committed_values(error.path, error.keys)
        fail(InputError(f"{error} ({restored})") if restored else error)
    except InputError as error:
        fail(error)
    print(f"{summary} ({time.perf_counter() - started:.1f} s)", flush=True)


def collect_garbage_rarely() -> None:
    """Look for garbage after many more objects: importing TensorFlow makes 700,000 that stay.

    With Python's own threshold the search takes a fifth of the import.
    """
    gc.set_threshold(GARBAGE_THRESHOLD)


def fail(error: InputError) -> None:
    """Print `error` as one line on standard error and exit with status 1."""
    print(f"error: {' '.join(str(error).split())}", file=sys.stderr, flush=True)
    raise SystemExit(1)


def note(text: str) -> None:
    """Print `text` as a note on standard error: what was decided or left out."""
    print(f"note: {' '.join(text.split())}", file=sys.stderr, flush=True)


def progress(items: Iterable[Item], description: str, total: int | None = None) -> Iterable[Item]:
    """`items`, with a progress bar on a terminal and nothing elsewhere."""
    if not sys.stderr.isatty():
        return items
    from rich.console import Console
    from rich.progress import track

    return track(items, description=description, total=total, console=Console(stderr=True))
