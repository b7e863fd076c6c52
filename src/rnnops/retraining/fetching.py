"""Bringing what a retraining needs to an empty machine: data, the champion, former results."""

from pathlib import Path

from rnnops.core import layout
from rnnops.core.console import note
from rnnops.core.errors import InputError
from rnnops.core.git import git
from rnnops.core.programs import output, run

MISSING = "failed to download"  # what DVC says of files that the remote does not have


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
    pointers = git("ls-files", "*.dvc").split()
    for pointer in pointers:
        output("dvc", "fetch", pointer)
        run("dvc", "checkout", pointer)
        if not Path(pointer).with_suffix("").exists():
            raise InputError(
                f"DVC's remote does not have what {pointer} names: is it the right one, and was "
                "`dvc push` run where the file was added?"
            )
    results = run("dvc", "fetch")
    if results.returncode and MISSING not in results.stderr:
        last = (results.stderr.strip().splitlines() or ["no message"])[-1]
        raise InputError(f"`dvc fetch` failed: {last}")
    run("dvc", "checkout", "--allow-missing", layout.PIPELINE)
    former = "some former results are not in the remote" if results.returncode else "former results"
    return f"fetched {len(pointers):,} tracked files or folders; {former}"
