"""Rebuilding the registry from what git and DVC have, as on a new machine."""

import os
import shutil
import tempfile
from pathlib import Path

import mlflow

from rnnops.core import files, layout
from rnnops.core.checkout import main_checkout, project_folder
from rnnops.core.git import commits_that_changed, committed_text, git
from rnnops.core.params import load_params
from rnnops.core.programs import ProgramError, output, run
from rnnops.registry import versions
from rnnops.registry.decisions import present_champion
from rnnops.registry.looks import write_looks
from rnnops.registry.reconciliation import (
    apply_decisions,
    read_decisions,
    reconcile,
    record_decisions,
)
from rnnops.tracking import store
from rnnops.tracking.dvc_lock import parse_stages
from rnnops.tracking.lineage_tags import lists_file
from rnnops.tracking.tags import IDENTITY_TAG

# What a version was made of: its run lists their md5s.
MADE_OF = (layout.FEATURIZER, layout.NETWORK, layout.METRICS, layout.RESULTS)


@store.reaching_the_server()
def sync() -> list[str]:
    """Register what the commits behind HEAD and the workspace hold, and bring the champion in line.

    Every commit that changed dvc.lock is checked out beside the workspace, with its files from
    DVC's cache or remote, and runs its own `register`; what is registered already is passed over.
    A second call changes nothing.

    Returns:
        A line on each commit and on the champion.
    """
    name = versions.model_of(load_params())
    client = store.connect()
    lines = []
    with store.exclusive():  # the decisions say which numbers the versions get
        record_decisions(client, name, read_decisions(client, name))
    if output("dvc", "remote", "list").strip():
        output("dvc", "fetch", "--quiet", "--all-commits")
    for commit in reversed(commits_that_changed(layout.LOCK)):
        outputs = whole_outputs(committed_text(commit, layout.LOCK) or "")
        if outputs:
            done = is_registered(client, outputs)
            lines.append(f"{commit[:7]}: {'registered already' if done else _register(commit)}")
    if git("status", "--porcelain", layout.LOCK).strip():
        outputs = whole_outputs(files.read_text(layout.LOCK))
        if outputs and not is_registered(client, outputs):
            lines.append(f"workspace: {_run_register(Path())}")
    decisions = reconcile(client, name)
    apply_decisions(client, name, decisions)
    write_looks(client, name)
    described = "none yet"
    if champion := present_champion(decisions):
        number = versions.describe_number(client, name, champion.version, champion.identity)
        described = f"version {number}, {len(decisions)} decisions"
    return [*lines, f"champion of {name}: {described}"]


def whole_outputs(lock: str) -> dict[str, str]:
    """The md5 by path of the outputs in a dvc.lock; empty if the pipeline had not run to its end.

    It had if the model was evaluated, and every stage but `register` read what is there now.
    """
    stages = parse_stages(lock) or {}
    md5 = {out["path"]: out["md5"] for stage in stages.values() for out in stage.get("outs", [])}
    read = [dep for name in stages if name != "register" for dep in stages[name].get("deps", [])]
    is_whole = all(md5.get(dep["path"], dep["md5"]) == dep["md5"] for dep in read)
    return md5 if is_whole and layout.METRICS in md5 else {}


def is_registered(client: mlflow.MlflowClient, outputs: dict[str, str]) -> bool:
    """Whether a version stands for the model among these outputs, md5 by path."""
    wanted = " AND ".join(lists_file(path, outputs[path]) for path in MADE_OF if path in outputs)
    every = [experiment.experiment_id for experiment in client.search_experiments()]
    found = client.search_runs(every, wanted)
    tagged = (run.data.tags.get(IDENTITY_TAG) for run in found)
    identities = {identity for identity in tagged if identity is not None}
    return any(
        client.search_model_versions(f"tags.`{IDENTITY_TAG}` = '{identity}'")
        for identity in sorted(identities)
    )


def _register(commit: str) -> str:
    """Run the stage `register` of `commit` in a copy; the line that it printed."""
    copies = main_checkout() / layout.EXPERIMENT_COPIES  # whose runs go to this checkout's store
    copies.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=layout.SYNC_COPY, dir=copies) as folder:
        copy = Path(folder)
        git("clone", "--quiet", "--shared", str(project_folder()), str(copy))
        git("checkout", "--quiet", commit, folder=copy)
        place = copy / Path.cwd().resolve().relative_to(project_folder())
        if (own := Path(".dvc/config.local")).exists():
            shutil.copy(own, place / ".dvc")
        # Relative, as DVC cannot write a path that is not ASCII into its configuration.
        cache = os.path.relpath(output("dvc", "cache", "dir").strip(), place)
        output("dvc", "cache", "dir", "--local", cache, folder=place)
        try:
            output("dvc", "checkout", "--quiet", folder=place)
        except ProgramError:
            return "left out: its files are neither in DVC's cache nor in its remote"
        return _run_register(place)


def _run_register(folder: Path) -> str:
    done = run("dvc", "repro", "--single-item", "register", folder=folder)
    printed = done.stdout.splitlines() + done.stderr.splitlines()
    results = [line for line in printed if line.startswith(("register:", "error:"))]
    return results[-1] if results else f"left out: {' '.join(printed[-1:])}"
