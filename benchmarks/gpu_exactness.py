"""How far our layer and Keras' are from the exact states and gradients, on JAX."""

from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from rnnops.recurrent.backend import keras
from rnnops.recurrent.layer import SimpleRNN

INPUTS = UNITS = 100


def relative_errors(
    batch: int, steps: int, precision: str, products: str
) -> Callable[[], dict[str, dict[str, float]]]:
    """A measurement of relative errors, by layer (`ours`, `keras`) and by array.

    The error of an array is the norm of its difference from what Keras' layer gives in float32
    with exact products, over the norm of that. The arrays are the states, and the gradients of the
    sum of the states times fixed random numbers.

    Args:
        precision: Keras' dtype policy.
        products: JAX's precision of float32 products; at `default` a GPU may use fewer bits.
    """
    random = np.random.default_rng(0)
    sequences, weights = (
        random.standard_normal((batch, steps, size), np.float32) for size in (INPUTS, UNITS)
    )
    keras.utils.set_random_seed(0)
    exact = _network(keras.layers.SimpleRNN, steps, "float32")
    networks = {
        "ours": _network(SimpleRNN, steps, precision),
        "keras": _network(keras.layers.SimpleRNN, steps, precision),
    }
    for network in networks.values():
        network.set_weights(exact.get_weights())

    def measure() -> dict[str, dict[str, float]]:
        with jax.default_matmul_precision("highest"):
            wanted = _derived(exact, sequences, weights)
        with jax.default_matmul_precision(products):
            return {
                name: _errors(wanted, _derived(network, sequences, weights))
                for name, network in networks.items()
            }

    return measure


def _network(layer: type[keras.Layer], steps: int, precision: str) -> keras.Model:
    recurrent = layer(UNITS, return_sequences=True, dtype=precision)
    return keras.Sequential([keras.Input((steps, INPUTS)), recurrent])


def _derived(
    network: keras.Model, sequences: np.ndarray, weights: np.ndarray
) -> dict[str, np.ndarray]:
    """States and gradients, float64, by name."""
    names = [variable.name for variable in network.trainable_variables]
    values = [variable.value for variable in network.trainable_variables]
    fixed = [variable.value for variable in network.non_trainable_variables]

    def loss(values: list[Any], sequences: Any) -> tuple[Any, Any]:
        states = network.stateless_call(values, fixed, sequences)[0].astype("float32")
        return (states * weights).sum(), states

    differentiate = jax.jit(jax.grad(loss, argnums=(0, 1), has_aux=True))
    (by_values, by_sequences), states = differentiate(values, sequences)
    gradients = {f"by {name}": by_value for name, by_value in zip(names, by_values, strict=True)}
    found = {"states": states, "by inputs": by_sequences, **gradients}
    return {name: np.asarray(array, np.float64) for name, array in found.items()}


def _errors(exact: dict[str, np.ndarray], found: dict[str, np.ndarray]) -> dict[str, float]:
    return {
        name: float(np.linalg.norm(found[name] - array) / np.linalg.norm(array))
        for name, array in exact.items()
    }
