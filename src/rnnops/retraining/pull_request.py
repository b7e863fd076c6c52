"""One pull request a branch: opened once, updated afterwards, left closed when it was closed."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from rnnops.core.errors import InputError
from rnnops.core.programs import output

SECONDS = 60  # that GitLab may take to answer
TOKEN = "GITLAB_TOKEN"  # noqa: S105 - the name of the variable


@dataclass(frozen=True)
class PullRequest:
    """What is to be opened: `commit` is the tip of `branch`, `text` is Markdown."""

    branch: str
    base: str
    commit: str
    title: str
    text: Path


def open_pull_request(wanted: PullRequest) -> str:
    """Open the pull request, or give the open one this title and text; what was done, in words.

    Where neither GitHub nor GitLab runs this, nothing is done: the branch is there to look at.

    Raises:
        InputError: when they refuse.
    """
    if os.environ.get("GITHUB_ACTIONS"):
        return _on_github(wanted)
    if os.environ.get("GITLAB_CI"):
        return _on_gitlab(wanted)
    return f"branch {wanted.branch} is pushed: open a pull request from it"


def summarise(text: Path) -> None:
    """Show the text on the page of GitHub's run, which a fork's run has too."""
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as page:
            page.write(text.read_text(encoding="utf-8"))


def run_page() -> str:
    """The address of the run that this is part of, empty outside of GitHub and GitLab."""
    if os.environ.get("GITHUB_ACTIONS"):
        host, repository = os.environ["GITHUB_SERVER_URL"], os.environ["GITHUB_REPOSITORY"]
        return f"{host}/{repository}/actions/runs/{os.environ['GITHUB_RUN_ID']}"
    return os.environ.get("CI_JOB_URL", "")


def _on_github(wanted: PullRequest) -> str:
    ends = ("--head", wanted.branch, "--base", wanted.base)
    asked = "number,state,headRefOid,isCrossRepository"
    listed = json.loads(output("gh", "pr", "list", *ends, "--state", "all", "--json", asked))
    found = [each for each in listed if not each["isCrossRepository"]]  # a fork has the name too
    opened = [str(each["number"]) for each in found if each["state"] == "OPEN"]
    closed = [str(each["number"]) for each in found if each["headRefOid"] == wanted.commit]
    text = ("--title", wanted.title, "--body-file", str(wanted.text))
    if opened:
        output("gh", "pr", "edit", opened[0], *text)
        return f"pull request {opened[0]} updated"
    if closed:
        return f"pull request {closed[0]} was closed, and stays so"
    output("gh", "pr", "create", *ends, *text)
    return "pull request opened"


def _on_gitlab(wanted: PullRequest) -> str:
    ends = {"source_branch": wanted.branch, "target_branch": wanted.base}
    listed = _ask_gitlab("GET", "", {**ends, "state": "all"})
    own = os.environ["CI_PROJECT_ID"]  # a fork may have a branch of the same name
    found = [each for each in listed if str(each["source_project_id"]) == own]
    opened = [str(each["iid"]) for each in found if each["state"] == "opened"]
    closed = [str(each["iid"]) for each in found if each["sha"] == wanted.commit]
    text = {"title": wanted.title, "description": wanted.text.read_text(encoding="utf-8")}
    if opened:
        _ask_gitlab("PUT", f"/{opened[0]}", text)
        return f"merge request {opened[0]} updated"
    if closed:
        return f"merge request {closed[0]} was closed, and stays so"
    _ask_gitlab("POST", "", {**ends, **text})
    return "merge request opened"


def _ask_gitlab(method: str, path: str, content: dict[str, str]) -> Any:
    """What GitLab's API answers on the project's merge requests (its REST API, version 4)."""
    if not (token := os.environ.get(TOKEN)):
        raise InputError(f"{TOKEN} is not set: give the project an access token of that name")
    project = f"{os.environ['CI_API_V4_URL']}/projects/{os.environ['CI_PROJECT_ID']}"
    try:
        answer = requests.request(
            method,
            f"{project}/merge_requests{path}",
            headers={"PRIVATE-TOKEN": token},
            timeout=SECONDS,
            params=content if method == "GET" else None,
            json=None if method == "GET" else content,
        )
        answer.raise_for_status()
    except requests.RequestException as error:
        raise InputError(f"GitLab refuses the merge request: {error}") from None
    return answer.json()
