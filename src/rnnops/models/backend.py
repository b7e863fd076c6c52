"""Keras and TensorFlow, imported without the notes their native code prints on start-up.

TensorFlow 2.21 writes them before any of its log settings count. Python's own errors still show.
"""

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
with native_output_hidden():
    import keras
    import tensorflow as tf

    tf.config.list_physical_devices("GPU")  # its driver check is the last to talk

__all__ = ["keras", "tf"]
