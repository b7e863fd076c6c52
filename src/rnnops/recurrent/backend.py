"""Keras on the backend that KERAS_BACKEND names, by default TensorFlow.

Importing this module raises `InputError` for a backend that is unknown or not installed: an entry
point imports it where it handles errors. TensorFlow 2.21 prints notes before any of its log
settings count; they are hidden here. Python's own errors still show.
"""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rnnops.core.errors import InputError
from rnnops.core.suggestions import suggest


@contextmanager
def native_output_hidden() -> Iterator[None]:
    """Discard what native code writes to file descriptor 2."""
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


@contextmanager
def unused_packages_hidden() -> Iterator[None]:
    """Let Keras and TensorFlow find none of `UNUSED`: what they are for there is not used here."""
    hidden = [name for name in UNUSED if name != BACKEND and name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: cannot be imported
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
logging.getLogger("tensorflow").setLevel(logging.ERROR)  # one note for each new length of message
BACKENDS = ("tensorflow", "jax", "torch")
BACKEND = os.environ.setdefault("KERAS_BACKEND", "tensorflow")
UNUSED = ("jax", "matplotlib", "sklearn")  # a third of the time that Keras takes to import
if BACKEND not in BACKENDS:
    raise InputError(
        f"train.backend (or KERAS_BACKEND) is {BACKEND}: it can be tensorflow, jax or torch"
        f"{suggest(BACKEND, BACKENDS)}"
    )
try:
    with native_output_hidden(), unused_packages_hidden():
        import keras

        if BACKEND == "tensorflow":
            import tensorflow

            tensorflow.config.list_physical_devices("GPU")  # prints its driver check
except ModuleNotFoundError as missing:
    if missing.name != BACKEND:
        raise
    raise InputError(
        f"train.backend is {BACKEND}, which is not installed here: "
        f'`pip install -e ".[{BACKEND}]"`, or set train.backend to tensorflow'
    ) from None

__all__ = ["BACKEND", "keras"]
