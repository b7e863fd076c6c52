"""What the project's pipelines are for: each has a folder with a dvc.yaml and a params.yaml.

The key `task` of a params.yaml names its task; without it, that is the classification of text.
"""

import os
from pathlib import Path

from rnnops.core import layout

CLASSIFICATION = "classification"
NEXT_WORD = "next_word"
FORECAST = "forecast"
SEQUENCES = "sequences"

FOLDERS = {
    CLASSIFICATION: ".",
    NEXT_WORD: "pipeline/next_word",
    FORECAST: "pipeline/forecast",
    SEQUENCES: "pipeline/sequences",
}
TASKS = tuple(FOLDERS)


def without_task_folder(folder: Path) -> Path:
    """The project that `folder`, absolute, is in: itself, or the one whose task's folder it is."""
    for name in FOLDERS.values():
        parts = Path(name).parts
        if parts and folder.parts[-len(parts) :] == parts:
            return folder.parents[len(parts) - 1]
    return folder


def params_file(task: str) -> Path:
    """The params.yaml of a task, as it is reached from the working directory."""
    project = without_task_folder(Path.cwd().resolve())
    return Path(os.path.relpath(project / FOLDERS[task])) / layout.PARAMS


def params_of_project(params: Path) -> Path:
    """The params.yaml of the project itself, which holds the catalog, from that of a task."""
    return without_task_folder(params.resolve().parent) / layout.PARAMS
