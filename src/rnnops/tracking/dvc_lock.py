"""Reading dvc.lock. Its `stages`, by name, each have `cmd`, `params`, and `path` and `md5` of their
`deps` and `outs`."""

import hashlib
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from rnnops.core import layout

GENERATED = tuple(f"{folder}/" for folder in (layout.DATA, layout.MODELS, layout.REPORTS))

Stages = dict[str, Any]


def read_stages(lock: str | Path = layout.LOCK) -> Stages:
    """The stages in a dvc.lock, none if there is no such file."""
    lock = Path(lock)
    return YAML(typ="safe").load(lock)["stages"] if lock.exists() else {}


def parse_stages(text: str) -> Stages | None:
    """The stages in the text of a dvc.lock, None if it is not whole: empty or cut off."""
    try:
        lock = YAML(typ="safe").load(text)
    except YAMLError:
        return None
    stages = lock.get("stages") if isinstance(lock, dict) else None
    return stages if isinstance(stages, dict) else None


def stage_md5s(stage: dict[str, Any]) -> dict[str, str]:
    """The md5 by path of what a stage reads or writes, sorted by path."""
    entries = stage.get("deps", []) + stage.get("outs", [])
    return dict(sorted((entry["path"], entry["md5"]) for entry in entries))


def all_md5s(stages: Stages) -> dict[str, str | None]:
    """The md5 by path of all that the stages read or write.

    An output's md5 replaces that of a dependency: a stage that reads the file, as `register` does
    while it runs, may be recorded with an earlier content.
    """
    kinds = ("deps", "outs")
    return {
        entry["path"]: entry["md5"]
        for kind in kinds
        for stage in stages.values()
        for entry in stage.get(kind, [])
    }


def file_md5s(stages: Stages) -> dict[str, str | None]:
    """The md5 by path of the files under data/, models/ and reports/."""
    return {path: md5 for path, md5 in all_md5s(stages).items() if not is_code(path)}


def is_code(path: str) -> bool:
    """Whether a stage's input is code, not a file under data/, models/ or reports/."""
    return not path.startswith(GENERATED)


def code_md5(stage: dict[str, Any]) -> str:
    """One md5 over those of a stage's code."""
    return md5_of("".join(md5 for path, md5 in stage_md5s(stage).items() if is_code(path)))


def md5_of(text: str) -> str:
    """The md5 of a text, in hexadecimal digits."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
