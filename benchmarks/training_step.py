"""A training step against Keras' layer and PyTorch's, over batch sizes and lengths."""

from typing import Any

from benchmark import Benchmark, Effort
from contenders import ALL, COMPARISONS, all_contenders
from report import target
from summary import lowest

BENCHMARK = Benchmark(
    "Training step",
    "One step of Adam on a batch of sequences of 100 inputs, 100 units, last state, softmax over "
    "2 labels. On TensorFlow inside Keras' compiled loop of ten steps; on JAX by "
    "`train_on_batch`; PyTorch with fused Adam. Of each side the best counts.",
    all_contenders("training_step"),
    COMPARISONS,
)


def run(effort: Effort) -> dict[str, Any]:
    """The result, see `Benchmark.run`."""
    return BENCHMARK.run(effort.grid(), effort.rounds, {"seconds": effort.seconds}, _targets)


def _targets(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    usual = [cell for cell in cells if cell["cell"] == {"batch": 64, "steps": 200}]
    return [
        target("as fast as the best other, batch 64, steps 200", 2.0, lowest(usual, [ALL])),
        target("as fast as the best other, the worst cell", 1.0, lowest(cells, [ALL])),
    ]
