"""Our layer on one NVIDIA GPU: exact there? and against Keras' on JAX and PyTorch's (cuDNN).

Keras runs on JAX, where one call is `train_on_batch` or `predict_on_batch` and its result is waited
for; PyTorch is waited for after every ten. Writes results/gpu.json and results/gpu.md.
"""

import subprocess
import sys
from typing import Any

from benchmark import FULL, Benchmark
from duel import Contender, duel, workers
from machine import describe_machine
from report import RESULTS, describe, section, write_json, write_tables
from summary import Comparison

from rnnops.templating.environment import markdown_table

JAX = {"KERAS_BACKEND": "jax", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
PRECISIONS = ("float32", "mixed_bfloat16")
OURS, STOCK, TORCH = "rnnops on JAX", "Keras on JAX", "PyTorch, cuDNN"
EXACTNESS = Contender("exactness", "gpu_exactness:relative_errors", {}, JAX)
EXACTNESS_CELLS = [
    {"batch": 64, "steps": 200, "precision": precision, "products": products}
    for precision, products in (
        ("float32", "highest"),
        ("float32", "default"),
        ("mixed_bfloat16", "default"),
    )
]


def main() -> None:
    gpu = find_gpu()
    if gpu is None:
        sys.exit("error: no NVIDIA GPU here: nvidia-smi does not run or lists none")
    machine = describe_machine() | {"GPU": gpu}
    exactness = measure_exactness()
    found = {"machine": machine, "exactness": exactness, "benchmarks": []}
    sections = ["# Benchmarks on a GPU", exactness_section(exactness)]
    print("\n\n".join(sections), flush=True)
    for title, function in (("Training step", "training_step"), ("Inference", "inference")):
        result = measure(title, function)
        found["benchmarks"].append(result)
        sections.append(section({"machine": machine, **result}))
        write_json(found, RESULTS / "gpu.json")
        write_tables(sections, RESULTS / "gpu.md")
        print(f"\n{sections[-1]}\n", flush=True)


def find_gpu() -> str | None:
    """Name and driver of the first GPU; None if there is none."""
    command = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        return None
    return next(iter(listed.splitlines()), None)


def measure_exactness() -> list[dict[str, Any]]:
    """A dictionary for each of `EXACTNESS_CELLS`: `cell`, and `errors` or why it `failed`."""
    found = []
    with workers([EXACTNESS]) as started:
        for cell in EXACTNESS_CELLS:
            measured, failed = duel(started, cell, rounds=1)
            name = EXACTNESS.name
            outcome = {"failed": failed[name]} if failed else {"errors": measured[name][0]}
            found.append({"cell": cell, **outcome})
    return found


def exactness_section(exactness: list[dict[str, Any]]) -> str:
    """A line for each cell and array."""
    rows = []
    for found in exactness:
        where = describe(found["cell"])
        if "failed" in found:
            rows.append((where, f"failed: {found['failed']}", "", ""))
            continue
        ours, stock = found["errors"]["ours"], found["errors"]["keras"]
        rows += [(where, name, f"{ours[name]:.1e}", f"{stock[name]:.1e}") for name in ours]
    return "\n\n".join(
        [
            "## Exactness",
            "Relative error of the states and of the gradients by each array, against Keras' layer "
            "in float32 with exact products, on the same device.",
            markdown_table(("", "of", "ours", "Keras' own"), rows),
        ]
    )


def measure(title: str, function: str) -> dict[str, Any]:
    """The result, see `Benchmark.run`, of `function` over the grid in both precisions."""
    benchmark = Benchmark(
        f"{title} on the GPU",
        "The network and the grid of the CPU's benchmark, each step a call from Python. Keras and "
        "ours are on JAX; PyTorch's layer is cuDNN's, with fused Adam. Products are as precise as "
        "each library has them by default.",
        [
            Contender(OURS, f"keras_models:{function}", {"layer": "rnnops"}, JAX),
            Contender(STOCK, f"keras_models:{function}", {"layer": "keras"}, JAX),
            Contender(TORCH, f"torch_models:{function}", {"device": "cuda"}),
        ],
        [Comparison("Keras on JAX", OURS, (STOCK,)), Comparison("PyTorch", OURS, (TORCH,))],
    )
    cells = [{**cell, "precision": precision} for precision in PRECISIONS for cell in FULL.grid()]
    return benchmark.run(cells, FULL.rounds, {"seconds": FULL.seconds / 2})


if __name__ == "__main__":
    main()
