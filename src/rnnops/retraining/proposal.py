"""A retrained model as one commit on a branch, which a pull request shows and a merge promotes.

The commit has what the retraining changed and, if the gate let the model through, the decision that
makes it the champion, in models/champion.json. No registry knows of that decision before the merge:
afterwards any command that reads the decisions records it.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow

from rnnops.core import files, layout
from rnnops.core.errors import InputError
from rnnops.core.git import committed_text, git
from rnnops.core.programs import ProgramError, output
from rnnops.gate.params import Gate
from rnnops.registry.promotion import propose_promotion
from rnnops.registry.verdicts import PASSED
from rnnops.retraining.changes import CHANGED


@dataclass(frozen=True)
class Retrained:
    """The version that `dvc repro` has registered here.

    Attributes:
        model: its name in the registry.
        version: of the model.
        verdict: the gate's, in a word.
        run_id: of the version's run.
    """

    model: str
    version: str
    verdict: str
    run_id: str

    @property
    def promotes(self) -> bool:
        """Whether the version becomes the champion when it is merged."""
        return self.verdict == PASSED

    @property
    def title(self) -> str:
        """Of the commit and the pull request."""
        if self.promotes:
            return f"Version {self.version} becomes the champion"
        return f"Version {self.version} is trained ({self.verdict}): the champion stays"


def read_retrained() -> Retrained:
    """The version, from what `register` has written."""
    said = files.read_json(layout.REGISTER_REPORT)
    return Retrained(said["model"], str(said["version"]), said["verdict"], said["run_id"])


def propose(
    client: mlflow.MlflowClient, retrained: Retrained, params: Gate, remote: str, branch: str
) -> tuple[str, bool]:
    """Commit what was retrained, push its files and the commit to `branch`.

    The branch is replaced, unless another run has moved it meanwhile. The checkout's branch and its
    models/ are as before.

    Returns:
        The commit, and whether the branch has changed: a second run on the same data proposes the
        same.

    Raises:
        InputError: when there is no DVC remote, which a merge would take the model from; when DVC
            or git refuse, such as when another run was faster.
    """
    if not output("dvc", "remote", "list").strip():
        raise InputError(
            "there is no DVC remote, so a merge would promote a model that only this machine has: "
            "`dvc remote add --default NAME URL`, and commit .dvc/config"
        )
    former = _branch_on(remote, branch)
    with _decisions_put_back(retrained.model):
        if retrained.promotes:
            propose_promotion(client, retrained.model, retrained.version, params)
        tree = _write_tree()
        if former and _same_proposal(remote, branch, tree):
            return former, False
        commit = git("commit-tree", tree, "-p", "HEAD", "-m", retrained.title).strip()
        output("dvc", "push", "--quiet")
    lease = f"--force-with-lease=refs/heads/{branch}:{former}"
    try:
        git("push", "--quiet", lease, remote, f"{commit}:refs/heads/{branch}")
    except ProgramError as error:
        raise InputError(f"{error}: another run may have pushed {branch}; run again") from None
    return commit, True


def _branch_on(remote: str, branch: str) -> str:
    """The commit that the remote's branch is at, empty if there is no such branch."""
    return git("ls-remote", remote, f"refs/heads/{branch}").partition("\t")[0].strip()


def _same_proposal(remote: str, branch: str, tree: str) -> bool:
    """Whether the branch is one commit on HEAD with that content, but for when it was decided."""
    git("fetch", "--quiet", remote, f"refs/heads/{branch}")
    parent, head = git("rev-parse", "FETCH_HEAD^", "HEAD").split()
    changed = git("diff", "--name-only", "FETCH_HEAD", tree).splitlines()
    return (
        parent == head
        and changed in ([], [layout.CHAMPION_FILE])
        and _decisions_in("FETCH_HEAD") == _decisions_in(tree)
    )


def _decisions_in(commit: str) -> dict[str, list[dict[str, Any]]]:
    """The decisions by model, without their times."""
    by_model = json.loads(committed_text(commit, layout.CHAMPION_FILE) or "{}")
    return {
        model: [decision | {"when": None} for decision in decisions]
        for model, decisions in by_model.items()
    }


def _write_tree() -> str:
    """HEAD's tree with what the retraining changed, made without touching git's index."""
    with tempfile.TemporaryDirectory() as scratch:
        before = os.environ.get("GIT_INDEX_FILE")
        os.environ["GIT_INDEX_FILE"] = str(Path(scratch) / "index")
        try:
            git("read-tree", "HEAD")
            git("add", "--all", "--", *CHANGED)
            return git("write-tree").strip()
        finally:
            if before is None:
                del os.environ["GIT_INDEX_FILE"]
            else:
                os.environ["GIT_INDEX_FILE"] = before


@contextmanager
def _decisions_put_back(name: str) -> Iterator[None]:
    """models/ as it was after the block: a decision that is only proposed must not stay."""
    folder = Path(layout.CHAMPIONS, name)
    pointer = folder.with_name(f"{name}.dvc")
    kept = [Path(layout.CHAMPION_FILE), pointer, folder.parent / ".gitignore"]
    before = {path: path.read_bytes() if path.exists() else None for path in kept}
    try:
        yield
    finally:
        for path, content in before.items():
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(content)
        if before[pointer] is None:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            output("dvc", "checkout", "--quiet", "--force", str(pointer))
