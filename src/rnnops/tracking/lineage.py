"""Which code, data and parameters a run stands on: tags, and the changes no commit has."""

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from rnnops import files

GENERATED = ("data/", "models/", "reports/")
ENVIRONMENT = "requirements.lock"
DIFF_CHARACTERS = 100_000

# DVC rewrites dvc.lock and the reports while it runs: they are results, not inputs.
_INPUTS = ("--", ".", ":!dvc.lock", ":!reports")


def lineage_tags() -> dict[str, str]:
    """Tags of git (commit, dirty), of the DVC experiment, the environment and all of dvc.lock.

    A file under data/, models/ or reports/ has its md5 as `dvc.md5.<path>`; a stage's code as
    `dvc.code.<stage>`, one md5 over those of its files. `environment.lock` is the sha256 of
    requirements.lock.
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
    return hashlib.md5(code.encode(), usedforsecurity=False).hexdigest()


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
    return {"environment.lock": files.digest(ENVIRONMENT)} if Path(ENVIRONMENT).exists() else {}


def _lock_tags() -> dict[str, str]:
    tags = {}
    for name, stage in sorted(recorded_stages("dvc.lock").items()):
        tags[f"dvc.code.{name}"] = code_md5(stage)
        tags |= {f"dvc.md5.{path}": md5 for path, md5 in hashes(stage).items() if not is_code(path)}
    return tags


def flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested parameters as one level of dotted keys."""
    result = {}
    for key, value in values.items():
        if isinstance(value, dict):
            result |= flat(value, f"{prefix}{key}.")
        else:
            result[f"{prefix}{key}"] = value
    return result
