"""Where the backend computes, and that it does so the same way each time."""

import importlib
from typing import Protocol

from rnnops.core.errors import InputError
from rnnops.recurrent.backend import BACKEND

# One step of a recurrence is too small to share: a second thread inside it makes it slower. Two
# operations at once are two shards of a batch or two directions.
THREADS_INSIDE_AN_OPERATION = 1
OPERATIONS_AT_ONCE = 2


class Training(Protocol):
    """The parameters of a training that say where it computes."""

    @property
    def backend(self) -> str: ...
    @property
    def device(self) -> str: ...


def prepare_backend(params: Training) -> str:
    """Select the device `train.device` of the backend `train.backend`; the device's name.

    Raises:
        InputError: where Keras runs on another backend; from `select_device`.
    """
    if params.backend != BACKEND:
        raise InputError(
            f"train.backend is {params.backend} but Keras runs on {BACKEND}: run `dvc repro`, or "
            f"set the environment variable KERAS_BACKEND={params.backend}"
        )
    return select_device(params.device)


def select_device(choice: str) -> str:
    """Make the backend use the device that `choice` (auto, cpu or gpu) asks for; its name.

    Operations are deterministic and, where the backend lets us, the number of threads is fixed, so
    that the order of sums, and with it every byte, is the same whatever the number of cores. GPU
    memory grows with use.

    Raises:
        InputError: for `gpu` where the backend sees none, for `cpu` where PyTorch would use a GPU.
    """
    found = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}[BACKEND](choice)
    if choice == "gpu" and found == "CPU":
        raise InputError(
            f"train.device is gpu but {BACKEND} sees none: install its build for GPUs (for "
            'TensorFlow: `pip install -e ".[gpu]"`), check the driver, or set train.device to '
            "auto or cpu"
        )
    return found


def _tensorflow(choice: str) -> str:
    config = importlib.import_module("tensorflow").config
    gpus = [] if choice == "cpu" else config.list_physical_devices("GPU")
    config.experimental.enable_op_determinism()
    config.threading.set_intra_op_parallelism_threads(THREADS_INSIDE_AN_OPERATION)
    config.threading.set_inter_op_parallelism_threads(OPERATIONS_AT_ONCE)
    if not gpus:
        config.set_visible_devices([], "GPU")
        return "CPU"
    for gpu in gpus:
        config.experimental.set_memory_growth(gpu, enable=True)
    return config.experimental.get_device_details(gpus[0]).get("device_name", "GPU")


def _jax(choice: str) -> str:
    jax = importlib.import_module("jax")
    if choice == "cpu":
        jax.config.update("jax_platforms", "cpu")
    device = jax.devices()[0]
    return "CPU" if device.platform == "cpu" else device.device_kind


def _torch(choice: str) -> str:
    torch = importlib.import_module("torch")
    torch.use_deterministic_algorithms(mode=True)
    torch.set_num_threads(OPERATIONS_AT_ONCE)
    if not torch.cuda.is_available():
        return "CPU"
    if choice == "cpu":
        raise InputError(
            "train.device is cpu but Keras on PyTorch takes a GPU that it sees: set "
            "CUDA_VISIBLE_DEVICES to nothing"
        )
    return torch.cuda.get_device_name()
