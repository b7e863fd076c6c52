"""Which checkout this is: DVC runs queued experiments in copies that share one set of stores.

The stages of a task run in the task's folder; what is said here is of the project that it is in.
"""

import os
from pathlib import Path

from rnnops.core import layout
from rnnops.core.tasks import without_task_folder


def project_folder() -> Path:
    """The folder of the project, or of the copy of it, that the working directory is in."""
    return without_task_folder(Path.cwd().resolve())


def in_project(path: str) -> Path:
    """A path of the project, as it is reached from the working directory."""
    return Path(os.path.relpath(project_folder())) / path


def main_checkout() -> Path:
    """The checkout that this project is a DVC experiment copy of.

    `dvc exp run --queue` and `--temp` work below `<main>/.dvc/tmp/exps/`; anywhere else the
    project's own folder is returned.
    """
    folder = project_folder()
    depth = len(Path(layout.EXPERIMENT_COPIES).parts)
    for copies in folder.parents:
        if copies.as_posix().endswith(f"/{layout.EXPERIMENT_COPIES}"):
            return without_task_folder(copies.parents[depth - 1])
    return folder


def is_copy() -> bool:
    """Whether this project is a copy that DVC or `rnnops sync` has made of its main checkout."""
    return main_checkout() != project_folder()


def is_sync_copy() -> bool:
    """Whether this project is an earlier commit that `rnnops sync` registers again."""
    return is_copy() and project_folder().name.startswith(layout.SYNC_COPY)


def experiment_name() -> str | None:
    """The name of the DVC experiment that runs this stage, None outside of one."""
    return os.environ.get("DVC_EXP_NAME")
