"""A registry rebuilt from what git and DVC have, as it is on a new machine."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import mlflow
from ruamel.yaml import YAML

from rnnops import config
from rnnops.checkout import main_checkout
from rnnops.errors import InputError
from rnnops.tracking import decisions, promotion, registry, store
from rnnops.tracking.runs import IDENTITY_TAG

TELLING = ("models/featurizer", "models/rnn", "reports/metrics.json")  # what a version is made of


def sync() -> list[str]:
    """Register what the commits behind HEAD and the workspace hold, and agree on the champion.

    Every commit that changed dvc.lock is checked out beside the workspace, with its files from
    DVC's cache or remote, and runs its own `register`; what is registered already is passed over.
    Twice changes nothing.

    Returns:
        A line on each commit and on the champion.
    """
    name = registry.model_name(config.load().data.dataset)
    client = store.connect()
    told = []
    if _output("dvc", "remote", "list"):
        _output("dvc", "fetch", "--quiet", "--all-commits")
    listed = _output("git", "rev-list", "--reverse", "HEAD", "--", "dvc.lock")
    for commit in listed.split():
        done = is_registered(client, _output("git", "show", f"{commit}:dvc.lock"))
        told.append(f"{commit[:7]}: {'registered already' if done else _register(commit)}")
    if _output("git", "status", "--porcelain", "dvc.lock"):
        done = is_registered(client, Path("dvc.lock").read_text(encoding="utf-8"))
        told.append(f"workspace: {'registered already' if done else _run_register(Path())}")
    known = promotion.agreed(client, name)
    promotion.carry_out(client, name, known)
    standing = decisions.champions(known)
    told.append(
        f"champion of {name}: "
        + (f"version {standing[-1].version}, {len(known)} decisions" if standing else "none yet")
    )
    return told


def is_registered(client: mlflow.MlflowClient, lock: str) -> bool:
    """Whether a version stands for the model that this dvc.lock tells of."""
    stages = (YAML(typ="safe").load(lock) or {}).get("stages", {})
    md5 = {out["path"]: out["md5"] for stage in stages.values() for out in stage.get("outs", [])}
    if not set(TELLING) <= set(md5):
        return True  # the pipeline had not run to its end
    wanted = " AND ".join(f"tags.`dvc.md5.{path}` = '{md5[path]}'" for path in TELLING)
    every = [experiment.experiment_id for experiment in client.search_experiments()]
    found = client.search_runs(every, wanted)
    identities = {run.data.tags.get(IDENTITY_TAG) for run in found} - {None}
    return any(
        client.search_model_versions(f"tags.`{IDENTITY_TAG}` = '{identity}'")
        for identity in sorted(identities)
    )


def _register(commit: str) -> str:
    """Run the stage `register` of `commit` in a copy; what it said."""
    copies = main_checkout() / ".dvc" / "tmp" / "exps"  # whose runs go to this checkout's store
    copies.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sync-", dir=copies) as folder:
        copy = Path(folder)
        _output("git", "clone", "--quiet", "--shared", str(Path.cwd()), str(copy))
        _output("git", "checkout", "--quiet", commit, cwd=copy)
        if (own := Path(".dvc/config.local")).exists():
            shutil.copy(own, copy / ".dvc")
        cache = _output("dvc", "cache", "dir")
        _output("dvc", "cache", "dir", "--local", cache, cwd=copy)
        if _run("dvc", "checkout", "--quiet", cwd=copy).returncode:
            return "left out: its files are neither in DVC's cache nor in its remote"
        return _run_register(copy)


def _run_register(folder: Path) -> str:
    done = _run("dvc", "repro", "--single-item", "register", cwd=folder)
    told = done.stdout.splitlines() + done.stderr.splitlines()
    said = [line for line in told if line.startswith(("register:", "error:"))]
    return said[-1] if said else f"left out: {' '.join(told[-1:])}"


def _run(*command: str, cwd: Path | None = None) -> subprocess.CompletedProcess:
    """Run a program of this environment, whose Python DVC's stages shall find as well."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    program = shutil.which(command[0], path=path) or command[0]
    environment = {**os.environ, "PATH": path}
    return subprocess.run(
        [program, *command[1:]], cwd=cwd, env=environment, capture_output=True, text=True
    )


def _output(*command: str, cwd: Path | None = None) -> str:
    done = _run(*command, cwd=cwd)
    if done.returncode:
        said = (done.stderr.strip() or "it said nothing").splitlines()[-1]
        raise InputError(f"`{' '.join(command)}` failed: {said}")
    return done.stdout.strip()
