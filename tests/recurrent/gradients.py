"""What a layer gives and how a loss on it depends on everything, on any backend of Keras."""

import importlib

import numpy as np
from keras import backend, ops

FREQUENCY = 3.0


def loss_of(output, xp=ops):
    """A loss that sends another gradient to each state."""
    return xp.sum(xp.sin(output * FREQUENCY))


def output_and_gradients(layer, inputs, mask=None, initial_state=None):
    """Output, then the loss' gradients by the inputs and by each weight, as NumPy arrays."""
    inputs = ops.convert_to_tensor(inputs)
    mask = None if mask is None else ops.convert_to_tensor(mask)
    arguments = {"mask": mask}
    if initial_state is not None:
        arguments["initial_state"] = ops.convert_to_tensor(initial_state)
    layer(inputs)  # built
    found = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}[backend.backend()](
        layer, inputs, arguments
    )
    return [ops.convert_to_numpy(array) for array in found]


def _tensorflow(layer, inputs, arguments):
    tf = importlib.import_module("tensorflow")

    @tf.function
    def run():
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            output = layer(inputs, **arguments)
            loss = loss_of(output)
        return [output, *tape.gradient(loss, [inputs, *layer.trainable_variables])]

    return run()


def _jax(layer, inputs, arguments):
    jax = importlib.import_module("jax")

    def run(inputs, weights):
        state = [variable.value for variable in layer.non_trainable_variables]
        output, _ = layer.stateless_call(weights, state, inputs, **arguments)
        return loss_of(output), output

    weights = [variable.value for variable in layer.trainable_variables]
    grad = jax.jit(jax.value_and_grad(run, argnums=(0, 1), has_aux=True))
    (_, output), (by_inputs, by_weights) = grad(inputs, weights)
    return [output, by_inputs, *by_weights]


def _torch(layer, inputs, arguments):
    torch = importlib.import_module("torch")
    inputs = inputs.clone().requires_grad_()
    output = layer(inputs, **arguments)
    weights = [variable.value for variable in layer.trainable_variables]
    return [output.detach(), *torch.autograd.grad(loss_of(output), [inputs, *weights])]


def relative_error(found, expected):
    """Largest difference, as a share of the largest expected value."""
    return np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-12)
