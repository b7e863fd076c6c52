"""Run every benchmark of the CPU and write benchmarks/results: a JSON file each, and tables.md.

A smoke run (--quick) shows that everything works and measures nothing worth reading; it writes to
benchmarks/results/quick.
"""

import argparse

import epoch
import inference
import latency
import peak
import training_step
from benchmark import FULL, QUICK
from machine import describe_machine
from report import RESULTS, machine_line, section, write_json, write_tables

from rnnops.errors import InputError

BENCHMARKS = {
    "training_step": training_step,
    "epoch": epoch,
    "inference": inference,
    "latency": latency,
    "peak": peak,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke run, 2 rounds of little")
    quick = parser.parse_args().quick
    folder = RESULTS / "quick" if quick else RESULTS
    machine = describe_machine()
    sections = ["# Benchmarks", machine_line(machine)]
    print("\n\n".join(sections), flush=True)
    for name, benchmark in BENCHMARKS.items():
        try:
            result = {"machine": machine, **benchmark.run(QUICK if quick else FULL)}
            write_json(result, folder / f"{name}.json")
            sections.append(section(result))
        except InputError as error:
            sections.append(f"{name}: not measured: {error}")
        write_tables(sections, folder / "tables.md")
        print(f"\n{sections[-1]}\n", flush=True)


if __name__ == "__main__":
    main()
