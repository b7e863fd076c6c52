"""The runs and model versions in MLflow, found by what they are, described in words."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import mlflow
from mlflow.entities import Run
from mlflow.exceptions import MlflowException

from rnnops.core import files, layout
from rnnops.core.errors import InputError
from rnnops.core.git import describe_commit
from rnnops.registry import versions
from rnnops.tracking import store
from rnnops.tracking.dvc_lock import read_stages
from rnnops.tracking.lineage_tags import lists_file, parse_files_tag
from rnnops.tracking.tags import (
    BACKEND_TAG,
    COMMIT_TAG,
    DEVICE_TAG,
    DIRTY_TAG,
    ENVIRONMENT_TAG,
    EXPERIMENT_TAG,
    FILES_TAG,
    IDENTITY_TAG,
    MODEL_TAG,
    PARENT_TAG,
    ROLE_TAG,
)

MODELS = {"network": layout.NETWORK, "baseline": layout.BASELINE}  # by the role of their runs
LOCK = f"{layout.LINEAGE_ARTIFACTS}/{layout.LOCK}"
SHOWN = 5

Row = tuple[str, str]


@dataclass(frozen=True)
class RunRecord:
    """What a run records: rows about itself, and what its model was made from.

    `stages` are those of the dvc.lock logged to it, empty without one; `model` is the output in it
    that the run trained, None if it trained none; `md5s` are by path, from its tags.
    """

    rows: list[Row]
    stages: dict[str, Any]
    model: str | None
    md5s: dict[str, str]


def read_run(run_id: str) -> RunRecord:
    """What the run of that id records; raises `InputError` if there is none."""
    client = store.connect()
    return _logged(client, _find(client, run_id))


def read_version(name: str, version: str | None, alias: str | None) -> RunRecord:
    """What the run records that trained a model's version; raises `InputError` without one.

    Args:
        version: its number, or None to go by `alias`.
    """
    client = store.connect()
    found = versions.get_version(client, name, version, alias)
    # A version that was restored from git has a run of its own, which trained nothing.
    trained = _tagged(client, IDENTITY_TAG, found.tags.get(IDENTITY_TAG, ""))
    logged = _logged(client, trained[0] if trained else _find(client, versions.run_of(found)))
    return replace(logged, rows=[("model", f"{name} version {found.version}"), *logged.rows])


def describe_output(path: str, output: str, recorded: str, here: str | None) -> list[Row]:
    """Rows about the runs that have the recorded content of `output`, and those with that here.

    Args:
        path: of `output` or of something in it.
        recorded: the md5 in dvc.lock.
        here: that of the working copy, None if `output` is missing.
    """
    client = store.connect()
    trained = []
    if output in MODELS.values() and Path(path).exists():
        trained = _tagged(client, MODEL_TAG, files.digest(path))
    if here == recorded:
        return _described(client, trained or _runs_with_content(client, output, recorded))
    rows = _described(client, _runs_with_content(client, output, recorded))
    if here is not None:
        of_here = _described(client, trained or _runs_with_content(client, output, here))
        rows += [(f"{subject} of what is here", text) for subject, text in of_here]
    return rows


def _runs_with_content(client: mlflow.MlflowClient, output: str, md5: str) -> list[Run]:
    """The complete runs that record this content of `output`; if it is a model, its own."""
    return [
        run
        for run in _search(client, lists_file(output, md5))
        if IDENTITY_TAG in run.data.tags
        and (output not in MODELS.values() or MODELS.get(run.data.tags[ROLE_TAG]) == output)
    ]


def _tagged(client: mlflow.MlflowClient, tag: str, value: str) -> list[Run]:
    """The runs that carry the tag, newest first."""
    return _search(client, f"tags.`{tag}` = '{value}'")


def _search(client: mlflow.MlflowClient, wanted: str) -> list[Run]:
    """The runs of any experiment that are `wanted`, newest first."""
    return list(
        client.search_runs(
            [each.experiment_id for each in client.search_experiments()],
            wanted,
            order_by=["attributes.start_time DESC"],
            max_results=50_000,
        )
    )


def _find(client: mlflow.MlflowClient, run_id: str) -> Run:
    try:
        return client.get_run(run_id)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        raise InputError(f"MLflow has no run {run_id}: `make ui` shows those it has") from None


def _described(client: mlflow.MlflowClient, found: list[Run]) -> list[Row]:
    if not found:
        return [("run", "none in MLflow")]
    rows = [row for run in found[:SHOWN] for row in _describe(client, run)]
    return rows + ([("run", f"and {len(found) - SHOWN} older ones")] if found[SHOWN:] else [])


def _logged(client: mlflow.MlflowClient, run: Run) -> RunRecord:
    tags = run.data.tags
    stages = {}
    if _has(client, run, LOCK):
        with tempfile.TemporaryDirectory() as folder:
            stages = read_stages(client.download_artifacts(run.info.run_id, LOCK, folder))
    children = [
        (
            "baseline" if child.data.tags.get(ROLE_TAG) == "baseline" else "summarises",
            f"{child.info.run_name} {child.info.run_id}",
        )
        for child in _tagged(client, PARENT_TAG, run.info.run_id)
    ]
    return RunRecord(
        rows=_describe(client, run) + children,
        stages=stages,
        model=MODELS.get(tags.get(ROLE_TAG, "")),
        md5s=parse_files_tag(tags.get(FILES_TAG, "")),
    )


def _has(client: mlflow.MlflowClient, run: Run, artifact: str) -> bool:
    folder = artifact.rpartition("/")[0]
    return any(each.path == artifact for each in client.list_artifacts(run.info.run_id, folder))


def _describe(client: mlflow.MlflowClient, run: Run) -> list[Row]:
    """Rows about a run: itself with its model versions, its code, its environment."""
    tags = run.data.tags
    experiment = client.get_experiment(run.info.experiment_id).name
    text = f"{run.info.run_name} {run.info.run_id} (experiment {experiment})"
    if EXPERIMENT_TAG in tags:
        text += f", DVC experiment {tags[EXPERIMENT_TAG]}"
    if registered := _versions(client, run):
        text += f", model version {', '.join(registered)}"
    if tags.get(ROLE_TAG) in MODELS and IDENTITY_TAG not in tags:
        text += f", {run.info.status.lower()}, not complete: what it records is from before it ran"
    return [("run", text), *_code(client, run), *_environment(tags)]


def _versions(client: mlflow.MlflowClient, run: Run) -> list[str]:
    found = client.search_model_versions(f"run_id = '{run.info.run_id}'")
    text = []
    for each in sorted(found, key=lambda each: int(each.version)):
        aliases = client.get_model_version(each.name, each.version).aliases
        text.append(f"{each.name} {each.version}" + (f" ({', '.join(aliases)})" if aliases else ""))
    return text


def _code(client: mlflow.MlflowClient, run: Run) -> list[Row]:
    tags = run.data.tags
    if COMMIT_TAG not in tags:
        return []
    commit = tags[COMMIT_TAG]
    text = f"commit {describe_commit(commit) or f'{commit}, not in this clone'}, "
    if tags[DIRTY_TAG] == "false":
        return [("code", f"{text}clean")]
    where = (
        f" (the run's artifact {layout.UNCOMMITTED_DIFF})"
        if _has(client, run, layout.UNCOMMITTED_DIFF)
        else ""
    )
    return [("code", f"{text}with uncommitted changes{where}")]


def _environment(tags: dict[str, str]) -> list[Row]:
    text = [f"{name} {tags[name]}" for name in (DEVICE_TAG, BACKEND_TAG) if name in tags]
    if recorded := tags.get(ENVIRONMENT_TAG):
        try:
            here = "same here" if files.digest(layout.REQUIREMENTS) == recorded else "another here"
        except FileNotFoundError:
            here = "missing here"
        text.append(f"{layout.REQUIREMENTS} sha256 {recorded[:8]}, {here}")
    return [("environment", "; ".join(text))] if text else []
