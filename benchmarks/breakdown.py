"""Where the time of our training step goes: the step, and its parts alone on a core and on two."""

from typing import Any

from benchmark import Benchmark, Effort
from contenders import TENSORFLOW, ours
from duel import Contender

PARTS = {
    "forward": "forward blocks",
    "backward": "backward blocks",
    "products_in_the_scans": "of these, the products h·U and δ·Uᵀ",
    "products_around_the_scans": "of these, the products x·W, xᵀ·δ and hᵀ·δ",
}

BENCHMARK = Benchmark(
    "Where a training step's time goes",
    "The step of `training_step`, and the parts of it that XLA compiled, on their own: the blocks "
    "of one shard, half the batch, on one core, or of both shards on two cores. What is left are "
    "TensorFlow's operations between the blocks, the output layer, the loss and Adam.",
    [
        ours("training_step"),
        *(
            Contender(
                f"{words}, {side_by_side} core{'s' * (side_by_side - 1)}",
                "step_parts:measure_part",
                {"part": part, "side_by_side": side_by_side},
                TENSORFLOW,
            )
            for part, words in PARTS.items()
            for side_by_side in (1, 2)
        ),
    ],
    [],
)


def run(effort: Effort) -> dict[str, Any]:
    """The result, see `Benchmark.run`."""
    cells = [{"batch": 64, "steps": 200}]
    return BENCHMARK.run(cells, effort.rounds, {"seconds": effort.seconds})
