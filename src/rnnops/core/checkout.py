"""Which checkout this is: DVC runs queued experiments in copies that share one set of stores."""

import os
from pathlib import Path

from rnnops.core import layout


def main_checkout() -> Path:
    """The checkout that the working directory is a DVC experiment copy of.

    `dvc exp run --queue` and `--temp` work below `<main>/.dvc/tmp/exps/`; anywhere else the working
    directory itself is returned, made absolute.
    """
    folder = Path.cwd().resolve()
    depth = len(Path(layout.EXPERIMENT_COPIES).parts)
    for copies in folder.parents:
        if copies.as_posix().endswith(f"/{layout.EXPERIMENT_COPIES}"):
            return copies.parents[depth - 1]
    return folder


def is_sync_copy() -> bool:
    """Whether the working directory is an earlier commit that `rnnops sync` registers again."""
    folder = Path.cwd().resolve()
    return main_checkout() != folder and folder.name.startswith(layout.SYNC_COPY)


def experiment_name() -> str | None:
    """The name of the DVC experiment that runs this stage, None outside of one."""
    return os.environ.get("DVC_EXP_NAME")
