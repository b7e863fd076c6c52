"""Keras on the backend that KERAS_BACKEND names, TensorFlow unless told otherwise.

TensorFlow 2.21 prints notes before any of its log settings count; they are hidden here. Python's
own errors still show.
"""

import difflib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def native_output_hidden() -> Iterator[None]:
    """Send what native code writes to file descriptor 2 to nowhere."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
logging.getLogger("tensorflow").setLevel(logging.ERROR)  # a note a new length of message
BACKENDS = ("tensorflow", "jax", "torch")
BACKEND = os.environ.setdefault("KERAS_BACKEND", "tensorflow")
if BACKEND not in BACKENDS:
    close = difflib.get_close_matches(BACKEND, BACKENDS, n=1)
    meant = f"; did you mean {close[0]}?" if close else ""
    raise SystemExit(
        f"error: train.backend (or KERAS_BACKEND) is {BACKEND}: it can be tensorflow, jax or "
        f"torch{meant}"
    )
try:
    with native_output_hidden():
        import keras

        if BACKEND == "tensorflow":
            import tensorflow

            tensorflow.config.list_physical_devices("GPU")  # its driver check is the last to talk
except ModuleNotFoundError as missing:
    if missing.name != BACKEND:
        raise
    raise SystemExit(
        f"error: train.backend is {BACKEND}, which is not installed here: "
        f'`pip install -e ".[{BACKEND}]"`, or set train.backend to tensorflow'
    ) from None

__all__ = ["BACKEND", "keras"]
