"""Which code, data and environment a run was made with: tags, and the uncommitted changes."""

from rnnops.core import files, layout
from rnnops.core.checkout import experiment_name, in_project
from rnnops.core.git import git
from rnnops.core.programs import ProgramError
from rnnops.tracking.dvc_lock import code_md5, file_md5s, md5_of, read_stages
from rnnops.tracking.tags import (
    CODE_TAG,
    COMMIT_TAG,
    DIRTY_TAG,
    ENVIRONMENT_TAG,
    EXPERIMENT_TAG,
    FILES_TAG,
)

DIFF_CHARACTERS = 100_000

# DVC rewrites dvc.lock and the reports while it runs: they are results, not inputs.
_INPUTS = (
    "--",
    ":/",
    *(f":(top,exclude,glob)**/{name}" for name in (layout.LOCK, f"{layout.REPORTS}/**")),
)


def lineage_tags() -> dict[str, str]:
    """Tags of git (commit, dirty), of the DVC experiment, the environment and all of dvc.lock.

    `dvc.files` lists the files under data/, models/ and reports/ as lines of `path=md5`; `dvc.code`
    is one md5 over those of the code of every stage but `register`, which is still running.
    `environment.lock` is the sha256 of requirements.lock.
    """
    return _git_tags() | _experiment_tags() | _environment_tags() | _lock_tags()


def uncommitted_diff() -> str:
    """The changes of git's tracked files, results aside, since the last commit, as a patch.

    Empty when there are none, or no commit. A patch longer than `DIFF_CHARACTERS` is cut and ends
    in a line that says how much is left out.
    """
    try:
        diff = git("diff", "HEAD", "--no-color", "--no-ext-diff", "--no-textconv", *_INPUTS)
    except ProgramError:
        return ""
    if len(diff) <= DIFF_CHARACTERS:
        return diff
    kept = diff[:DIFF_CHARACTERS].rpartition("\n")[0]
    return f"{kept}\n[cut: {len(diff) - len(kept)} of {len(diff)} characters are left out]\n"


def lists_file(path: str, md5: str) -> str:
    """The filter, for a search of runs, of those whose tag `dvc.files` lists this content."""
    return f"tags.`{FILES_TAG}` LIKE '%{path}={md5}%'"


def parse_files_tag(tag: str) -> dict[str, str]:
    """The md5 by path that a tag `dvc.files` lists."""
    return dict(line.rsplit("=", 1) for line in tag.splitlines())


def _git_tags() -> dict[str, str]:
    try:
        commit = git("rev-parse", "HEAD").strip()
        changes = git("status", "--porcelain", "--untracked-files=no", *_INPUTS)
    except ProgramError:
        return {}
    return {COMMIT_TAG: commit, DIRTY_TAG: str(bool(changes)).lower()}


def _experiment_tags() -> dict[str, str]:
    name = experiment_name()
    return {EXPERIMENT_TAG: name} if name else {}


def _environment_tags() -> dict[str, str]:
    lock = in_project(layout.REQUIREMENTS)
    return {ENVIRONMENT_TAG: files.digest(lock)} if lock.exists() else {}


def _lock_tags() -> dict[str, str]:
    stages = read_stages()
    if not stages:
        return {}
    code = "".join(code_md5(stage) for name, stage in sorted(stages.items()) if name != "register")
    lines = (f"{path}={md5}" for path, md5 in sorted(file_md5s(stages).items()))
    return {FILES_TAG: "\n".join(lines), CODE_TAG: md5_of(code)}
