"""Run the benchmarks of the CPU and write benchmarks/results: a JSON file each, and tables.md.

The tables show what was measured last of each. A smoke run (--quick) shows that everything works
and measures nothing worth reading; it writes to benchmarks/results/quick.
"""

import argparse

import breakdown
import epoch
import inference
import latency
import peak
import training_step
from benchmark import FULL, QUICK
from machine import describe_machine
from report import RESULTS, read_json, section, write_json, write_tables

from rnnops.core.errors import InputError

BENCHMARKS = {
    "training_step": training_step,
    "epoch": epoch,
    "inference": inference,
    "latency": latency,
    "peak": peak,
    "breakdown": breakdown,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all if none is given"
    )
    parser.add_argument("--quick", action="store_true", help="a smoke run, 2 rounds of little")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in BENCHMARKS:
            parser.error(f"no benchmark is called {name}: there are {', '.join(BENCHMARKS)}")
    folder = RESULTS / "quick" if arguments.quick else RESULTS
    machine = describe_machine()
    for name in arguments.names or BENCHMARKS:
        try:
            found = BENCHMARKS[name].run(QUICK if arguments.quick else FULL)
        except InputError as error:
            print(f"{name}: not measured: {error}", flush=True)
            continue
        result = {"machine": machine, **found}
        write_json(result, folder / f"{name}.json")
        print(f"\n{section(result)}\n", flush=True)
    measured = (folder / f"{name}.json" for name in BENCHMARKS)
    results = [read_json(path) for path in measured if path.exists()]
    write_tables(["# Benchmarks", *map(section, results)], folder / "tables.md")


if __name__ == "__main__":
    main()
