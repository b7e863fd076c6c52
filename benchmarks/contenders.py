"""The contenders on one batch on a CPU, and which of them are compared."""

from duel import Contender
from summary import Comparison

CPU = {"CUDA_VISIBLE_DEVICES": ""}
TENSORFLOW = CPU | {"KERAS_BACKEND": "tensorflow"}
JAX = CPU | {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}

OURS = "rnnops"
OURS_ON_JAX = "rnnops on JAX"
STOCK = {
    "Keras": {"jit": False},
    "Keras, threads 1+2": {"jit": False, "threads": "1+2"},
    "Keras, jit": {"jit": True},
    "Keras, unroll+jit": {"jit": True, "unroll": True},
}
STOCK_ON_JAX = "Keras on JAX"
TORCH = {"PyTorch, 1 thread": {"threads": 1}, "PyTorch, 2 threads": {"threads": 2}}

AGAINST_KERAS = Comparison("Keras", OURS, tuple(STOCK))
AGAINST_TORCH = Comparison("PyTorch", OURS, tuple(TORCH))
ON_JAX = Comparison("Keras, both on JAX", OURS_ON_JAX, (STOCK_ON_JAX,))


def ours(measured: str) -> Contender:
    """Our layer on TensorFlow; `measured` is `training_step` or `inference`."""
    return Contender(
        OURS, f"keras_models:{measured}", {"layer": "rnnops", "threads": "rnnops"}, TENSORFLOW
    )


def stock(measured: str) -> list[Contender]:
    """Keras' layer on TensorFlow in every way to run it."""
    return [
        Contender(name, f"keras_models:{measured}", {"layer": "keras"} | how, TENSORFLOW)
        for name, how in STOCK.items()
    ]


def pytorch(measured: str) -> list[Contender]:
    """PyTorch's layer on one thread and on two."""
    return [Contender(name, f"torch_models:{measured}", how, CPU) for name, how in TORCH.items()]


def on_jax(measured: str) -> list[Contender]:
    """Our layer and Keras', both on JAX."""
    return [
        Contender(name, f"keras_models:{measured}", {"layer": layer}, JAX)
        for name, layer in ((OURS_ON_JAX, "rnnops"), (STOCK_ON_JAX, "keras"))
    ]
