"""One pull request a branch on GitHub: opened once, updated afterwards."""

import os
from pathlib import Path

from rnnops.core.programs import output


def open_pull_request(branch: str, base: str, title: str, body: Path) -> str:
    """Open the pull request of `branch`, or give it this title and text; what was done, in words.

    Where GitHub does not run this, nothing is done: the branch is there to look at.

    Raises:
        InputError: when GitHub refuses.
    """
    if os.environ.get("GITHUB_ACTIONS"):
        _summarise(body)
        return _on_github(branch, base, title, body)
    return f"branch {branch} is pushed: open a pull request from it"


def _on_github(branch: str, base: str, title: str, body: Path) -> str:
    found = output(
        "gh", "pr", "list", "--head", branch, "--base", base, "--state", "open",
        "--json", "number", "--jq", ".[].number",
    ).split()  # fmt: skip
    text = ("--title", title, "--body-file", str(body))
    if found:
        output("gh", "pr", "edit", found[0], *text)
        return f"pull request {found[0]} updated"
    output("gh", "pr", "create", "--head", branch, "--base", base, *text)
    return "pull request opened"


def _summarise(body: Path) -> None:
    """Show the text on the run's page too: a fork's run can open no pull request."""
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as page:
            page.write(body.read_text(encoding="utf-8"))
