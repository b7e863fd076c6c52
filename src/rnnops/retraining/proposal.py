"""A retrained model as one commit on a branch, which a pull request shows and a merge promotes.

The commit has what the retraining changed and, if the gate let the model through, the decision that
makes it the champion, in models/champion.json. No registry knows of that decision before the merge:
afterwards any command that reads the decisions records it.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import mlflow

from rnnops.catalog.params import Data
from rnnops.core import files, layout
from rnnops.core.errors import InputError
from rnnops.core.git import git
from rnnops.core.programs import ProgramError, output
from rnnops.core.sections import Parameters
from rnnops.gate.params import Gate
from rnnops.registry.promotion import propose_promotion
from rnnops.registry.verdicts import PASSED
from rnnops.registry.versions import model_name

CHANGED = (layout.LOCK, layout.REPORTS, layout.MODELS)


@dataclass(frozen=True)
class Proposal:
    """The commit that is proposed.

    Attributes:
        commit: its name.
        version: of the retrained model.
        verdict: the gate's, in a word.
        is_new: whether the branch has changed: a second run on the same data proposes the same.
    """

    commit: str
    version: str
    verdict: str
    is_new: bool

    @property
    def title(self) -> str:
        """Of the commit and the pull request."""
        if self.verdict == PASSED:
            return f"Version {self.version} becomes the champion"
        return f"Version {self.version} is trained ({self.verdict}): the champion stays"


def propose(
    client: mlflow.MlflowClient, params: Parameters, remote: str, branch: str
) -> Proposal | None:
    """Commit what was retrained and push it to `branch`; None when nothing has changed.

    The branch is replaced, unless another run has moved it meanwhile. The checkout's branch and its
    models/ are as before.

    Raises:
        InputError: when DVC or git refuse, such as when another run was faster.
    """
    registered = files.read_json(layout.REGISTER_REPORT)
    if not git("status", "--porcelain", "--", *CHANGED).strip():
        return None
    verdict, version = registered["verdict"], str(registered["version"])
    name = model_name(params[Data].dataset)
    former = _branch_on(remote, branch)
    with _decisions_put_back(name):
        if verdict == PASSED:
            propose_promotion(client, name, version, params[Gate])
        proposal = Proposal("", version, verdict, is_new=True)
        tree = _write_tree()
        if former and _same_proposal(remote, branch, tree):
            return Proposal(former, version, verdict, is_new=False)
        commit = git("commit-tree", tree, "-p", "HEAD", "-m", proposal.title).strip()
        if output("dvc", "remote", "list").strip():
            output("dvc", "push", "--quiet")
    lease = f"--force-with-lease=refs/heads/{branch}:{former}"
    try:
        git("push", "--quiet", lease, remote, f"{commit}:refs/heads/{branch}")
    except ProgramError as error:
        raise InputError(f"{error}: another run may have pushed {branch}; run again") from None
    return Proposal(commit, version, verdict, is_new=True)


def _branch_on(remote: str, branch: str) -> str:
    """The commit that the remote's branch is at, empty if there is no such branch."""
    return git("ls-remote", remote, f"refs/heads/{branch}").partition("\t")[0].strip()


def _same_proposal(remote: str, branch: str, tree: str) -> bool:
    """Whether the branch is one commit on HEAD with that content."""
    git("fetch", "--quiet", remote, f"refs/heads/{branch}")
    found = git("rev-parse", "FETCH_HEAD^{tree}", "FETCH_HEAD^", "HEAD").split()
    return found[0] == tree and found[1] == found[2]


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
