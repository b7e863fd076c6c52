"""The contenders on one batch on a CPU, and which of them are compared."""

from collections.abc import Iterable

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
TORCH = {
    "PyTorch, 1 thread": {"threads": 1},
    "PyTorch, 2 threads": {"threads": 2},
    "PyTorch, compiled": {"threads": 2, "compiled": True},
}

KERAS, PYTORCH, ALL = "Keras", "PyTorch", "all"


def against_each(keras: Iterable[str], pytorch: Iterable[str]) -> list[Comparison]:
    """Ours on TensorFlow against the best of Keras, the best of PyTorch, and the best of all."""
    keras, pytorch = tuple(keras), tuple(pytorch)
    return [
        Comparison(KERAS, OURS, keras),
        Comparison(PYTORCH, OURS, pytorch),
        Comparison(ALL, OURS, keras + pytorch),
    ]


COMPARISONS = [
    *against_each((*STOCK, STOCK_ON_JAX), TORCH),
    Comparison("Keras, both on JAX", OURS_ON_JAX, (STOCK_ON_JAX,)),
]


def ours(measured: str) -> Contender:
    """Our layer on TensorFlow; `measured` is `training_step` or `inference`."""
    return Contender(
        OURS, f"keras_models:{measured}", {"layer": "rnnops", "threads": "rnnops"}, TENSORFLOW
    )


def all_contenders(measured: str) -> list[Contender]:
    """Our layer, Keras' on TensorFlow in every way to run it, PyTorch's, and both on JAX."""
    return [
        ours(measured),
        *(
            Contender(name, f"keras_models:{measured}", {"layer": "keras"} | how, TENSORFLOW)
            for name, how in STOCK.items()
        ),
        *(
            Contender(name, f"torch_models:{measured}", how, CPU, requires="torch")
            for name, how in TORCH.items()
        ),
        *(
            Contender(name, f"keras_models:{measured}", {"layer": layer}, JAX, requires="jax")
            for name, layer in ((OURS_ON_JAX, "rnnops"), (STOCK_ON_JAX, "keras"))
        ),
    ]
