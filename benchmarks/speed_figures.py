"""Figures on speed: a function each from the results to Markdown.

`read` gives the content of a JSON file by its path in the project. Where a sentence or table says
"the best of the others", it is the fastest of all contenders in the file but ours.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from report import (
    BATCHING_HEADS,
    COMPARISON_HEADS,
    MILLISECONDS,
    TARGET_HEADS,
    batching_rows,
    comparison_rows,
    describe,
    show,
    target_rows,
)
from summary import Comparison, compare

from rnnops.templating.environment import markdown_table

Read = Callable[[str], Any]
OURS = "rnnops"
SHOWN = {
    "training_step": (
        {"batch": 32, "steps": 200},
        {"batch": 64, "steps": 200},
        {"batch": 128, "steps": 400},
    ),
    "inference": ({"batch": 64, "steps": 200},),
    "peak": ({"batch": 128, "steps": 200},),
}


def best_table(read: Read) -> str:
    """By benchmark, the cells where we are least and most ahead of the best of the others."""
    rows = []
    for name in ("training_step", "epoch", "inference", "latency"):
        result = _result(read, name)
        found = [_against_all(cell) for cell in result["cells"]]
        ends = (min, max) if len(found) > 1 else (min,)
        for end in ends:
            compared = end(found, key=lambda one: one["by_round"]["median"])
            where = describe(result["cells"][found.index(compared)]["cell"])
            rows.append((result["title"], where, show(compared["by_round"]), compared["best"]))
    return markdown_table(("", "", "times as fast", "as the best of the others"), rows)


def comparisons_table(read: Read, name: str) -> str:
    """The comparisons of a benchmark, of the cells in `SHOWN` or of all."""
    cells = _shown(name, _result(read, name)["cells"])
    return markdown_table(
        COMPARISON_HEADS, [row for cell in cells for row in comparison_rows(cell)]
    )


def batching_table(read: Read) -> str:
    """Each layer's epoch on each kind of batches."""
    batching = _result(read, "epoch").get("batching")
    if batching is None:
        return "Not measured yet (`make bench`): the figures above lack the others on such batches."
    return markdown_table(BATCHING_HEADS, batching_rows(batching))


def peak_table(read: Read) -> str:
    """The shares of peak."""
    result = _result(read, "peak")
    return markdown_table(TARGET_HEADS, target_rows(result["targets"]))


def breakdown_table(read: Read) -> str:
    """The parts of a training step."""
    (cell,) = _result(read, "breakdown")["cells"]
    rows = [(name, show(spread, MILLISECONDS)) for name, spread in cell["seconds"].items()]
    return markdown_table((describe(cell["cell"]), "ms"), rows)


def conditions(read: Read) -> str:
    """Rounds and machine of the training step, in words."""
    result = _result(read, "training_step")
    machine = result["machine"]
    versions = ", ".join(f"{name} {machine[name]}" for name in ("tensorflow", "jax", "torch"))
    return (
        f"Milliseconds; medians of {result['rounds']} rounds with the lowest and the highest; "
        f"{machine['cores']} cores of an {machine['processor']}; {versions}."
    )


def gpu_table(read: Read) -> str:
    """By benchmark, precision, batch and library, how many times as fast ours is on the GPU."""
    rows = []
    for result in read("benchmarks/results/gpu.json")["benchmarks"]:
        ratios: dict[tuple[str, ...], list[float]] = {}
        for cell in result["cells"]:
            batch, precision = str(cell["cell"]["batch"]), cell["cell"]["precision"]
            for compared in cell["comparisons"]:
                key = (result["title"], precision, batch, compared["against"])
                ratios.setdefault(key, []).append(compared["by_round"]["median"])
        rows += [(*key, f"{min(found):.2f} to {max(found):.2f}") for key, found in ratios.items()]
    return markdown_table(("", "precision", "batch", "against", "times as fast"), rows)


def gpu_error(read: Read) -> str:
    """The largest relative error of our layer in float32 with exact products."""
    (found,) = (
        one["errors"]["ours"]
        for one in read("benchmarks/results/gpu.json")["exactness"]
        if one["cell"]["precision"] == "float32" and one["cell"]["products"] == "highest"
    )
    return f"{max(found.values()):.1e}"


def cost_of_a_run(read: Read) -> str:
    """Minutes and memory of the default corpus' run, in words."""
    cost = read("benchmarks/results/quality.json")["spam-email"]["end_to_end"]
    return f"{cost['seconds'] / 60:.1f} minutes and {cost['peak_memory_gib']:.1f} GiB"


def _result(read: Read, name: str) -> dict[str, Any]:
    return read(f"benchmarks/results/{name}.json")


def _shown(name: str, cells: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [cell for cell in cells if name not in SHOWN or cell["cell"] in SHOWN[name]]


def _against_all(cell: dict[str, Any]) -> dict[str, Any]:
    others = tuple(name for name in cell["measured"] if not name.startswith(OURS))
    return compare(cell["measured"], Comparison("all", OURS, others))


SPEED_FIGURES: dict[str, Callable[[Read], str]] = {
    "speed": best_table,
    "speed-conditions": conditions,
    **{
        f"speed-{name.replace('_', '-')}": partial(comparisons_table, name=name)
        for name in ("training_step", "epoch", "inference", "latency")
    },
    "speed-batching": batching_table,
    "speed-peak": peak_table,
    "speed-breakdown": breakdown_table,
    "speed-gpu": gpu_table,
    "gpu-error": gpu_error,
    "cost-of-a-run": cost_of_a_run,
}
