"""Bringing what a retraining needs to an empty machine: data, the champion, former results."""

from rnnops.core.console import note
from rnnops.core.errors import InputError
from rnnops.core.git import git
from rnnops.core.programs import output, run

FAILED = "failed to download"  # what DVC says at the end, whatever the reason was
MISSING = "Missing cache files"  # what it warns of, and ends with status 0


def fetch_needed() -> str:
    """Fetch what git's .dvc files and dvc.lock name, and what came of it, in words.

    `dvc repro --pull` would do it too, and has invalidated caches (dvc#10991). The data and the
    champion must be there. Former results may be missing, as in a project that has pushed none:
    then the pipeline makes them.

    Raises:
        InputError: when the remote cannot be reached, or lacks data or the champion.
    """
    if not output("dvc", "remote", "list").strip():
        note("there is no DVC remote (`dvc remote add --default NAME URL`): nothing is fetched")
        return "nothing fetched"
    pointers = list(filter(None, git("ls-files", "-z", "*.dvc").split("\0")))
    for pointer in pointers[:1]:  # one first: a remote that is away is waited for by each of them
        _fetch(pointer)
    is_complete = _fetch()
    for pointer in pointers:
        if not is_complete and not _fetch(pointer):
            raise InputError(
                f"DVC's remote does not have what {pointer} names: is it the right one, and was "
                "`dvc push` run where the file was added?"
            )
    output("dvc", "checkout", "--allow-missing")
    former = "former results" if is_complete else "some former results are not in the remote"
    return f"fetched {len(pointers):,} tracked files or folders; {former}"


def _fetch(*targets: str) -> bool:
    """Whether the remote has all that the targets name, by default all the files of DVC."""
    done = run("dvc", "fetch", *targets)
    lines = [line.removeprefix("ERROR: ") for line in done.stderr.splitlines() if "ERROR" in line]
    if reasons := [line for line in lines if FAILED not in line]:
        raise InputError(f"DVC's remote cannot be read: {reasons[0]}")
    return not done.returncode and MISSING not in done.stderr
