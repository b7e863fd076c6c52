"""Prediction of a batch against Keras' layer and PyTorch's, over batch sizes and lengths."""

from typing import Any

from benchmark import Benchmark, Effort
from contenders import COMPARISONS, KERAS, all_contenders
from report import target
from summary import lowest

BENCHMARK = Benchmark(
    "Inference",
    "`predict_on_batch` of a tensor of sequences of 100 inputs, 100 units, last state, softmax "
    "over 2 labels; PyTorch in inference mode. Of each side the best counts.",
    all_contenders("inference"),
    COMPARISONS,
)


def run(effort: Effort) -> dict[str, Any]:
    """The result, see `Benchmark.run`."""
    return BENCHMARK.run(
        effort.grid(),
        effort.rounds,
        {"seconds": effort.seconds / 2},
        lambda cells: [
            target(
                "as fast as Keras' best, the worst cell",
                2.0,
                lowest(cells, [KERAS]),
            )
        ],
    )
