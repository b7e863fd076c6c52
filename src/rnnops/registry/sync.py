"""A registry rebuilt from what git and DVC have, as it is on a new machine."""

import os
import shutil
import tempfile
from pathlib import Path

import mlflow
from ruamel.yaml import YAML

from rnnops.catalog.params import Data
from rnnops.core import files, layout
from rnnops.core.checkout import main_checkout
from rnnops.core.errors import InputError
from rnnops.core.params import load_params
from rnnops.core.programs import run
from rnnops.registry import decisions
from rnnops.registry import versions as registry
from rnnops.registry.reconciliation import carry_out, known_decisions, reconcile, record
from rnnops.tracking import store
from rnnops.tracking.lineage import lists_file
from rnnops.tracking.runs import IDENTITY_TAG

# What a version was made of: its run lists their md5s.
MADE_OF = (layout.FEATURIZER, layout.NETWORK, layout.METRICS, layout.RESULTS)


@store.reaching_the_server()
def sync() -> list[str]:
    """Register what the commits behind HEAD and the workspace hold, and agree on the champion.

    Every commit that changed dvc.lock is checked out beside the workspace, with its files from
    DVC's cache or remote, and runs its own `register`; what is registered already is passed over.
    Twice changes nothing.

    Returns:
        A line on each commit and on the champion.
    """
    name = registry.model_name(load_params()[Data].dataset)
    client = store.connect()
    lines = []
    with store.exclusive():  # versions find their numbers by the decisions
        record(client, name, known_decisions(client, name))
    if _output("dvc", "remote", "list"):
        _output("dvc", "fetch", "--quiet", "--all-commits")
    listed = _output("git", "rev-list", "--reverse", "HEAD", "--", layout.LOCK)
    for commit in listed.split():
        outputs = whole_outputs(run("git", "show", f"{commit}:dvc.lock").stdout)
        if outputs:
            done = is_registered(client, outputs)
            lines.append(f"{commit[:7]}: {'registered already' if done else _register(commit)}")
    if _output("git", "status", "--porcelain", layout.LOCK):
        outputs = whole_outputs(files.read_text(layout.LOCK))
        if outputs and not is_registered(client, outputs):
            lines.append(f"workspace: {_run_register(Path())}")
    known = reconcile(client, name)
    carry_out(client, name, known)
    standing = decisions.champions(known)
    reigning = "none yet"
    if standing:
        number = registry.number_here(client, name, standing[-1].version, standing[-1].identity)
        reigning = f"version {number}, {len(known)} decisions"
    return [*lines, f"champion of {name}: {reigning}"]


def whole_outputs(lock: str) -> dict[str, str]:
    """The md5 of each output in a dvc.lock; empty if the pipeline had not run to its end.

    It had if the model was evaluated, and every stage but `register` read what is there now.
    """
    stages = (YAML(typ="safe").load(lock) or {}).get("stages", {})
    md5 = {out["path"]: out["md5"] for stage in stages.values() for out in stage.get("outs", [])}
    read = [dep for name in stages if name != "register" for dep in stages[name].get("deps", [])]
    is_whole = all(md5.get(dep["path"], dep["md5"]) == dep["md5"] for dep in read)
    return md5 if is_whole and layout.METRICS in md5 else {}


def is_registered(client: mlflow.MlflowClient, outputs: dict[str, str]) -> bool:
    """Whether a version stands for the model among these outputs, md5 by path."""
    wanted = " AND ".join(lists_file(path, outputs[path]) for path in MADE_OF if path in outputs)
    every = [experiment.experiment_id for experiment in client.search_experiments()]
    found = client.search_runs(every, wanted)
    identities = {run.data.tags.get(IDENTITY_TAG) for run in found} - {None}
    return any(
        client.search_model_versions(f"tags.`{IDENTITY_TAG}` = '{identity}'")
        for identity in sorted(identities)
    )


def _register(commit: str) -> str:
    """Run the stage `register` of `commit` in a copy; the line that it printed."""
    copies = main_checkout() / ".dvc" / "tmp" / "exps"  # whose runs go to this checkout's store
    copies.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sync-", dir=copies) as folder:
        copy = Path(folder)
        _output("git", "clone", "--quiet", "--shared", str(Path.cwd()), str(copy))
        _output("git", "checkout", "--quiet", commit, cwd=copy)
        if (own := Path(".dvc/config.local")).exists():
            shutil.copy(own, copy / ".dvc")
        # Relative, as DVC cannot write a path that is not ASCII into its configuration.
        cache = os.path.relpath(_output("dvc", "cache", "dir"), copy)
        _output("dvc", "cache", "dir", "--local", cache, cwd=copy)
        if run("dvc", "checkout", "--quiet", cwd=copy).returncode:
            return "left out: its files are neither in DVC's cache nor in its remote"
        return _run_register(copy)


def _run_register(folder: Path) -> str:
    done = run("dvc", "repro", "--single-item", "register", cwd=folder)
    printed = done.stdout.splitlines() + done.stderr.splitlines()
    results = [line for line in printed if line.startswith(("register:", "error:"))]
    return results[-1] if results else f"left out: {' '.join(printed[-1:])}"


def _output(*command: str, cwd: Path | None = None) -> str:
    done = run(*command, cwd=cwd)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        errors = [line for line in lines if line.lower().startswith(("error:", "fatal:"))]
        raise InputError(f"`{' '.join(command)}` failed: {(errors or lines)[-1]}")
    return done.stdout.strip()
