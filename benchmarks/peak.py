"""The share of the machine's matrix-product peak that our training step reaches.

What is counted, by sequence and step, with D = 100 inputs and N = 100 units (see
`rnnops.recurrent.recurrence` for the equations): forward x·W and h·U, backward δ·Uᵀ, hᵀ·δ and xᵀ·δ.
Each is 2·100·100 operations. The inputs are data, so that δ·Wᵀ is not computed. Nothing else is
counted: not tanh, the output layer or Adam.
"""

from typing import Any

from benchmark import Benchmark, Effort
from contenders import OURS, TENSORFLOW, ours
from duel import Contender
from report import describe, target
from summary import spread

PRODUCT = "matrix product"
OPERATIONS_OF_PRODUCT = 2 * 2048**3
OPERATIONS_A_STEP = 5 * 2 * 100 * 100

BENCHMARK = Benchmark(
    "Share of peak",
    "The training step's arithmetic by second as a share of that of a float32 product of matrices "
    "of 2048 by 2048 by TensorFlow on all cores, in turn with it. By sequence and step five "
    "products of 2·100·100 operations are counted: x·W, h·U, δ·Uᵀ, hᵀ·δ, xᵀ·δ.",
    [ours("training_step"), Contender(PRODUCT, "matrix_product:product", {}, TENSORFLOW)],
    [],
)


def run(effort: Effort) -> dict[str, Any]:
    """The result, see `Benchmark.run`; the shares are its targets."""
    batch = max(effort.batches)
    cells = [{"batch": batch, "steps": steps} for steps in effort.steps]
    return BENCHMARK.run(cells, effort.rounds, {"seconds": effort.seconds}, _targets)


def _targets(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        target(f"share of peak, {describe(cell['cell'])}", 0.45, _share(cell)) for cell in cells
    ]


def _share(cell: dict[str, Any]) -> dict[str, float] | None:
    """Spread of the share by round; None where a side failed."""
    if cell["failed"]:
        return None
    operations = OPERATIONS_A_STEP * cell["cell"]["batch"] * cell["cell"]["steps"]
    return spread(
        [
            (operations / step) / (OPERATIONS_OF_PRODUCT / product)
            for step, product in zip(cell["measured"][OURS], cell["measured"][PRODUCT], strict=True)
        ]
    )
