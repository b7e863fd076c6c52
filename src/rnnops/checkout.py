"""Where the project's own state lives when a stage runs in a copy."""

from pathlib import Path

EXPERIMENTS = (".dvc", "tmp", "exps")


def main_checkout(folder: Path | None = None) -> Path:
    here = (folder or Path.cwd()).resolve()
    for parent in here.parents:
        if parent.parts[-3:] == EXPERIMENTS:
            return parent.parents[2]
    return here
