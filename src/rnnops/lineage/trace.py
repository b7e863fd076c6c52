"""Where a file, a run or a model version comes from, back to the raw data and the commit."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from dvc.dependency import ParamsDependency
from dvc.exceptions import DvcException
from dvc.output import Output
from dvc.repo import Repo

from rnnops.core import files, layout
from rnnops.core.errors import InputError
from rnnops.core.git import commits_that_changed, describe_commit
from rnnops.lineage.steps import compare, describe_step, list_changes, output_of, trace_steps
from rnnops.tracking.dvc_lock import all_md5s, read_stages

ACCEPTED = (
    f"give an output of a stage in dvc.lock or a file in one ({layout.NETWORK}), a model version "
    "(spam-email-classifier/3, models:/spam-email-classifier@champion) or a run id"
)
RUN = re.compile(r"[0-9a-f]{32}")
VERSION = re.compile(r"(models:/)?(?P<name>[^/@:]+)(/(?P<version>\d+)|@(?P<alias>[^/@]+))")

Row = tuple[str, str]


def trace(thing: str) -> list[Row]:
    """Return where `thing` comes from: rows of a subject and what is known of it.

    Args:
        thing: an output of a stage in dvc.lock or a path in one, `<model>/<version>` or
            `<model>@<alias>`, with or without `models:/` before it, or the id of a run.

    Raises:
        InputError: when it is none of them, and when DVC cannot read the working copy.
    """
    stages = read_stages()
    path = Path(os.path.relpath(thing)).as_posix()
    output = output_of(stages, path)
    version = VERSION.fullmatch(thing)
    if not (output or version or RUN.fullmatch(thing)):
        raise InputError(f"{thing} is no output, model version or run: {ACCEPTED}")

    from rnnops.lineage import mlflow_runs  # MLflow takes seconds to import

    if output:
        rows = [] if path == output else [(path, _inside(path, output))]
        now = _working_copy()
        rows += _chain_rows(stages, output, now)
        recorded, here = all_md5s(stages)[output] or "", all_md5s(now).get(output)
        rows.append(("recorded", _first_commit(recorded)))
        return rows + mlflow_runs.describe_output(path, output, recorded, here)
    if version:
        logged = mlflow_runs.read_version(*version.group("name", "version", "alias"))
    else:
        logged = mlflow_runs.read_run(thing)
    return logged.rows + _logged_rows(logged.stages, logged.model, logged.md5s)


def _logged_rows(stages: dict[str, Any], model: str | None, md5s: dict[str, str]) -> list[Row]:
    """The chain of a run's model, or if the run lacks it the hashes in its tags."""
    now = _working_copy()
    if model and output_of(stages, model):
        return _chain_rows(stages, model, now)
    here = all_md5s(now)
    return [
        (path, f"md5 {md5[:8]}  {compare(md5, here.get(path))}")
        for path, md5 in sorted(md5s.items())
    ] or [("lineage", "the run records none")]


def _chain_rows(stages: dict[str, Any], output: str, now: dict[str, Any]) -> list[Row]:
    """A row for each step, and one for each stage that would do something else by now."""
    steps = trace_steps(stages, output)
    here = all_md5s(now)
    rows = [(step.path, describe_step(step, here)) for step in steps]
    names = dict.fromkeys(step.stage for step in steps if step.stage)
    changed = {name: list_changes(stages[name], now.get(name)) for name in names}
    changed_rows = [
        ("changed", f"{name}: {', '.join(what)}") for name, what in changed.items() if what
    ]
    return rows + (
        changed_rows or [("unchanged", "commands, parameters and code are the same here")]
    )


def _inside(path: str, output: str) -> str:
    with _dvc() as repo:
        listed = repo.find_outs_by_path(output)[0].get_obj()
    if listed is None:
        presence = "exists" if Path(path).exists() else "missing"
        return f"in {output}, whose list of files DVC's cache lacks; {presence} here"
    key = PurePosixPath(path).relative_to(output).parts
    md5s = {name: found.value for name, _, found in listed}
    if key in md5s:
        here = files.digest(path, "md5") if Path(path).is_file() else None
        return f"md5 {md5s[key][:8]}  in {output}; {compare(md5s[key], here)}"
    if any(name[: len(key)] == key for name in md5s):
        return f"in {output}"
    known = ", ".join(sorted("/".join(name) for name in md5s))
    raise InputError(f"{output} was written without {'/'.join(key)}; it has: {known}")


def _first_commit(md5: str) -> str:
    commits = commits_that_changed(layout.LOCK, "--reverse", f"-S{md5.removesuffix('.dir')}")
    if not commits:
        return "in no commit yet"
    return f"first by commit {describe_commit(commits[0])}"


def _working_copy() -> dict[str, Any]:
    """The stages as dvc.lock would have them for the files, parameters and code there are now."""
    with _dvc() as repo:
        return {stage.addressing: _as_locked(stage) for stage in repo.index.stages}


def _as_locked(stage: Any) -> dict[str, Any]:
    params = [dep for dep in stage.deps if isinstance(dep, ParamsDependency)]
    deps = [dep for dep in stage.deps if not isinstance(dep, ParamsDependency)]
    return {
        "cmd": stage.cmd,
        "deps": [_entry(dep) for dep in deps],
        "params": {str(each): each.read_params() for each in params},
        "outs": [_entry(out) for out in stage.outs],
    }


def _entry(output: Output) -> dict[str, Any]:
    md5 = output.get_hash().value if output.exists else None
    return {"path": output.def_path, "md5": md5}


@contextmanager
def _dvc() -> Iterator[Repo]:
    try:
        with Repo() as repo:
            yield repo
    except DvcException as error:
        raise InputError(f"DVC cannot read this folder: {error}") from None
