"""Which code, data and parameters a run stands on: tags, and the changes no commit has."""

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from rnnops.core import files, layout

GENERATED = tuple(f"{folder}/" for folder in (layout.DATA, layout.MODELS, layout.REPORTS))
DIFF_CHARACTERS = 100_000
FILES_TAG = "dvc.files"
CODE_TAG = "dvc.code"

# DVC rewrites dvc.lock and the reports while it runs: they are results, not inputs.
_INPUTS = ("--", ".", f":!{layout.LOCK}", f":!{layout.REPORTS}")


def lineage_tags() -> dict[str, str]:
    """Tags of git (commit, dirty), of the DVC experiment, the environment and all of dvc.lock.

    `dvc.files` lists the files under data/, models/ and reports/ as lines of `path=md5`; `dvc.code`
    is one md5 over those of the code of every stage but `register`, which has yet to end.
    `environment.lock` is the sha256 of requirements.lock.
    """
    return _git_tags() | _experiment_tags() | _environment_tags() | _lock_tags()


def uncommitted_diff() -> str:
    """What git's tracked files but the results differ in from the last commit, as a patch.

    Empty when nothing does, or without a commit. A longer one than `DIFF_CHARACTERS` ends in a
    line that says so.
    """
    diff = git("diff", "HEAD", "--no-color", "--no-ext-diff", "--no-textconv", *_INPUTS) or ""
    if len(diff) <= DIFF_CHARACTERS:
        return diff
    kept = diff[:DIFF_CHARACTERS].rpartition("\n")[0]
    return f"{kept}\n[cut: {len(diff) - len(kept)} of {len(diff)} characters are left out]\n"


def git(*arguments: str) -> str | None:
    """What git prints, None when it fails."""
    try:
        done = subprocess.run(
            ["git", *arguments], capture_output=True, encoding="utf-8", errors="replace", check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout


def recorded_stages(lock: str | Path) -> dict[str, Any]:
    """The stages in the dvc.lock at `lock`, none if there is no such file."""
    lock = Path(lock)
    return YAML(typ="safe").load(lock)["stages"] if lock.exists() else {}


def hashes(stage: dict[str, Any]) -> dict[str, str]:
    """Each path that a stage of dvc.lock reads or writes, with its md5, sorted."""
    entries = stage.get("deps", []) + stage.get("outs", [])
    return dict(sorted((entry["path"], entry["md5"]) for entry in entries))


def is_code(path: str) -> bool:
    """Whether a stage's input is code, not a file under data/, models/ or reports/."""
    return not path.startswith(GENERATED)


def code_md5(stage: dict[str, Any]) -> str:
    """One md5 over those of a stage's code."""
    code = "".join(md5 for path, md5 in hashes(stage).items() if is_code(path))
    return _md5(code)


def _git_tags() -> dict[str, str]:
    commit = git("rev-parse", "HEAD")
    if commit is None:
        return {}
    changed = git("status", "--porcelain", "--untracked-files=no", *_INPUTS)
    return {"git.commit": commit.strip(), "git.dirty": str(bool(changed)).lower()}


def _experiment_tags() -> dict[str, str]:
    name = os.environ.get("DVC_EXP_NAME")
    return {"dvc.experiment": name} if name else {}


def _environment_tags() -> dict[str, str]:
    lock = Path(layout.REQUIREMENTS)
    return {"environment.lock": files.digest(lock)} if lock.exists() else {}


def _lock_tags() -> dict[str, str]:
    stages = recorded_stages(layout.LOCK)
    if not stages:
        return {}
    code = "".join(code_md5(stage) for name, stage in sorted(stages.items()) if name != "register")
    listed = (f"{path}={md5}" for path, md5 in sorted(file_md5s(stages).items()))
    return {FILES_TAG: "\n".join(listed), CODE_TAG: _md5(code)}


def file_md5s(stages: dict[str, Any]) -> dict[str, str | None]:
    """The md5 by path of the files under data/, models/ and reports/ in a dvc.lock's `stages`."""
    return {path: md5 for path, md5 in all_md5s(stages).items() if not is_code(path)}


def all_md5s(stages: dict[str, Any]) -> dict[str, str | None]:
    """The md5 by path of all that a dvc.lock's `stages` read or write.

    What wrote a file knows best: a stage that reads it, as `register` does while it runs, may have
    read an earlier content.
    """
    kinds = ("deps", "outs")  # in this order: an output's md5 replaces that of a dependency
    return {
        entry["path"]: entry["md5"]
        for kind in kinds
        for stage in stages.values()
        for entry in stage.get(kind, [])
    }


def lists_file(path: str, md5: str) -> str:
    """The filter, for a search of runs, of those whose tag `dvc.files` lists this content."""
    return f"tags.`{FILES_TAG}` LIKE '%{path}={md5}%'"


def read_files(tag: str) -> dict[str, str]:
    """The md5 by path that a tag `dvc.files` lists."""
    return dict(each.rsplit("=", 1) for each in tag.splitlines())


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
