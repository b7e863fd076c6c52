"""What a retraining has changed here, and what others have changed meanwhile."""

from rnnops.core import layout
from rnnops.core.errors import InputError
from rnnops.core.git import git

CHANGED = (layout.LOCK, layout.REPORTS, layout.MODELS)
LEARNT_FROM = (layout.INCOMING, layout.PARAMS, layout.PIPELINE, "pipeline", "src/rnnops")


def results_differ() -> bool:
    """Whether a result here is another than HEAD's.

    Looks alone are no result: they come from other branches too.
    """
    no_looks = f":(exclude){layout.LOOKS_FILE}"
    return bool(git("status", "--porcelain", "--", *CHANGED, no_looks).strip())


def learnt_from_since(remote: str, base: str) -> str | None:
    """A path of data, parameters or code that `base` has changed since the checkout left it.

    Raises:
        InputError: when it has other results instead, which no run follows.
    """
    git("fetch", "--quiet", remote, f"refs/heads/{base}")
    since = git("diff", "--name-only", "-z", "HEAD...FETCH_HEAD", "--", *LEARNT_FROM, *CHANGED)
    changed = since.rstrip("\0").split("\0") if since else []
    learnt = [path for path in changed if path.startswith(LEARNT_FROM)]
    if changed and not learnt:
        raise InputError(f"{base} has other results by now ({changed[0]}): run again on it")
    return learnt[0] if learnt else None
