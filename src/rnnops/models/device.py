"""Where TensorFlow computes."""

from rnnops.errors import InputError
from rnnops.models.backend import tf

# One step of a recurrence is too small to share: a second thread inside it makes it slower.
THREADS_INSIDE_AN_OPERATION = 1
OPERATIONS_AT_ONCE = 2


def select_device(choice: str) -> str:
    """Make TensorFlow use the device that `choice` (auto, cpu or gpu) asks for; its name.

    GPU memory grows with use, operations are deterministic, and the number of threads is fixed, so
    that the order of sums, and with it every byte, is the same whatever the number of cores.

    Raises:
        InputError: for `gpu` where TensorFlow sees none.
    """
    gpus = [] if choice == "cpu" else tf.config.list_physical_devices("GPU")
    if choice == "gpu" and not gpus:
        raise InputError(
            "train.device is gpu but TensorFlow sees none: install the extra with "
            '`pip install -e ".[gpu]"`, check the driver, or set train.device to auto or cpu'
        )
    tf.config.experimental.enable_op_determinism()
    tf.config.threading.set_intra_op_parallelism_threads(THREADS_INSIDE_AN_OPERATION)
    tf.config.threading.set_inter_op_parallelism_threads(OPERATIONS_AT_ONCE)
    if not gpus:
        tf.config.set_visible_devices([], "GPU")
        return "CPU"
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, enable=True)
    return tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU")
