"""Which checkout this is: DVC runs queued experiments in copies that share one set of stores."""

from pathlib import Path


def main_checkout(folder: Path | None = None) -> Path:
    """The checkout that `folder` (default: the working directory) is a DVC experiment copy of.

    `dvc exp run --queue` and `--temp` work below `<main>/.dvc/tmp/exps/`; anywhere else the folder
    itself is returned, made absolute.
    """
    folder = (folder or Path.cwd()).resolve()
    for copies in folder.parents:
        if copies.parts[-3:] == (".dvc", "tmp", "exps"):
            return copies.parents[2]
    return folder
