"""What a retraining costs when nothing has changed. Writes results/no_change.json.

`make retrain` runs the commands of CI's retraining on an empty machine, which has to fetch
everything, and `make repro` where everything is there, in turn. It works in clones of HEAD, of
which dvc.lock is up to date, with a DVC remote on this disk.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from choices import ROOT, copy_of_head, dvc

from rnnops.core import files

RESULTS = Path(__file__).parent / "results" / "no_change.json"
REPRO = ("make", "repro")
STEPS = (("rnnops", "fetch"), ("rnnops", "drift", "--added"), REPRO, ("rnnops", "propose"))
RUNS = 3


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        laptop = copy_of_head(folder / "laptop")
        dvc(laptop, "remote", "add", "--local", "--default", "team", folder / "remote")
        dvc(laptop, "checkout", "--quiet")
        dvc(laptop, "push", "--quiet")
        install(laptop)
        seconds_of(REPRO, laptop)  # the first one fills MLflow's store
        rows = []
        for number in range(RUNS):
            row = {"local": seconds_of(REPRO, laptop)}
            machine = folder / f"machine{number}"
            subprocess.run(["git", "clone", "--quiet", ROOT, machine], check=True)
            dvc(machine, "remote", "add", "--local", "--default", "team", folder / "remote")
            install(machine)
            row |= {" ".join(step): seconds_of(step, machine) for step in STEPS}
            rows.append(row)
    medians = {name: round(statistics.median(row[name] for row in rows), 1) for name in rows[0]}
    local = medians.pop("local")
    total = round(statistics.median(sum(row.values()) - row["local"] for row in rows), 1)
    found = {"local": local, "steps": medians, "total": total, "ratio": round(total / local, 2)}
    files.write_json(found, RESULTS)
    print(found)


def install(clone: Path) -> None:
    """Let `make` find this environment in the clone, and find it up to date."""
    (clone / ".venv").symlink_to(sys.prefix)
    for name in ("requirements.lock", "pyproject.toml"):
        os.utime(clone / name, (0, 0))


def seconds_of(command: tuple[str, ...], folder: Path) -> float:
    """How long the command takes in `folder`."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
