"""PyTorch's `nn.RNN` on one batch: its last state, softmax over two labels; fused Adam.

It gets the layout it prefers, time first, and denormal numbers are flushed to zero, as TensorFlow
and XLA do. On a GPU every measurement waits until the device is done.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from clock import seconds_a_call

STEPS_A_CALL = 10
INPUTS = UNITS = 100


class Network(torch.nn.Module):
    """From (time, batch, inputs) to logits, (batch, 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.recurrent = torch.nn.RNN(INPUTS, UNITS)
        self.output = torch.nn.Linear(UNITS, 2)

    def forward(self, sequences: torch.Tensor) -> torch.Tensor:
        _, last = self.recurrent(sequences)
        return self.output(last[0])


def training_step(
    batch: int, steps: int, seconds: float, precision: str = "float32", **where: Any
) -> Callable[[], float]:
    """A measurement of seconds a training step; `where`: see `_prepared`."""
    network, sequences, labels, autocast = _prepared(batch, steps, precision, **where)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001, fused=True)

    def step() -> None:
        optimizer.zero_grad()
        with autocast():
            logits = network(sequences)
        torch.nn.functional.cross_entropy(logits.float(), labels).backward()
        optimizer.step()

    return _repeated(step, seconds)


def inference(
    batch: int, steps: int, seconds: float, precision: str = "float32", **where: Any
) -> Callable[[], float]:
    """A measurement of seconds from a tensor to probabilities as an array."""
    network, sequences, _, autocast = _prepared(batch, steps, precision, **where)
    network.eval()

    def predict() -> Any:
        with torch.inference_mode(), autocast():
            return torch.softmax(network(sequences).float(), dim=1).cpu().numpy()

    return _repeated(predict, seconds)


def _prepared(
    batch: int,
    steps: int,
    precision: str,
    *,
    device: str = "cpu",
    threads: int | None = None,
    compiled: bool = False,
) -> tuple[torch.nn.Module, torch.Tensor, torch.Tensor, Callable[[], Any]]:
    """`threads`: inside an operation on the CPU. `compiled`: by `torch.compile`."""
    if threads is not None:
        torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    sequences = torch.randn(steps, batch, INPUTS, device=device)
    labels = torch.randint(0, 2, (batch,), device=device)
    autocast = partial(
        torch.autocast, device, torch.bfloat16, enabled=precision == "mixed_bfloat16"
    )
    network = Network().to(device)
    if compiled:
        torch.compiler.reset()  # of the cell before: after eight it would compile no more
        network = torch.compile(network)
    return network, sequences, labels, autocast


def _repeated(call: Callable[[], Any], seconds: float) -> Callable[[], float]:
    def calls() -> None:
        for _ in range(STEPS_A_CALL):
            call()
        if torch.cuda.is_available():
            torch.cuda.synchronize()

    calls()
    calls()
    return lambda: seconds_a_call(calls, seconds) / STEPS_A_CALL
