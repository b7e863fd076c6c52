"""Which code, data and parameters a run stands on, as tags."""

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

GENERATED = ("data/", "models/", "reports/")


def lineage_tags() -> dict[str, str]:
    """Tags of git (commit, dirty), of the DVC experiment and of every hash in dvc.lock.

    A file under data/, models/ or reports/ has its md5 as `dvc.md5.<path>`; a stage's code as
    `dvc.code.<stage>`, one md5 over those of its files.
    """
    return _git_tags() | _experiment_tags() | _lock_tags()


def _git_tags() -> dict[str, str]:
    commit = _git("rev-parse", "HEAD")
    if commit is None:
        return {}
    # DVC rewrites dvc.lock and the reports while it runs: they are results, not inputs.
    changed = _git(
        "status", "--porcelain", "--untracked-files=no", "--", ".", ":!dvc.lock", ":!reports"
    )
    return {"git.commit": commit, "git.dirty": str(bool(changed)).lower()}


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _experiment_tags() -> dict[str, str]:
    name = os.environ.get("DVC_EXP_NAME")
    return {"dvc.experiment": name} if name else {}


def _lock_tags() -> dict[str, str]:
    lock = Path("dvc.lock")
    stages = YAML(typ="safe").load(lock)["stages"] if lock.exists() else {}
    tags = {}
    for name, stage in sorted(stages.items()):
        entries = {
            entry["path"]: entry["md5"] for entry in stage.get("deps", []) + stage.get("outs", [])
        }
        code = [md5 for path, md5 in sorted(entries.items()) if not path.startswith(GENERATED)]
        tags[f"dvc.code.{name}"] = hashlib.md5(
            "".join(code).encode(), usedforsecurity=False
        ).hexdigest()
        tags |= {
            f"dvc.md5.{path}": md5
            for path, md5 in sorted(entries.items())
            if path.startswith(GENERATED)
        }
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
