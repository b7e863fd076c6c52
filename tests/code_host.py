"""GitHub or GitLab for a team of one: a bare repository, runners, pull requests.

The steps of a workflow are read from its file and run in order, as a runner does. A program `gh` on
the PATH stands for GitHub's pull requests. The step that installs is left out: the environment of
the tests is linked in its place.
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd
from project import ROOT, Project
from ruamel.yaml import YAML

NAME = "mine-classifier"
GH = """#!{python}
import json, pathlib, subprocess, sys
kept = pathlib.Path({kept!r})
requests = json.loads(kept.read_text()) if kept.exists() else []
command, *words = sys.argv[1:]
options = dict(zip(words[1:], words[2:])) if words else {{}}
if command != "pr":
    sys.exit()
if kept.with_name("gh-is-away").exists():
    sys.exit("error connecting to github")
def tip(branch):
    asked = ["git", "ls-remote", "origin", f"refs/heads/{{branch}}"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout[:40]
if words[0] == "list":
    assert options["--state"] == "all"
    for request in requests:
        if request["state"] == "OPEN" and not request["isCrossRepository"]:
            request["headRefOid"] = tip(request["head"])
    found = [each for each in requests if each["head"] == options["--head"]]
    print(json.dumps(found))
else:
    text = pathlib.Path(options["--body-file"]).read_text()
    if words[0] == "create":
        number = len(requests) + 1
        requests.append({{"number": number, "state": "OPEN", "isCrossRepository": False}})
        requests[-1] |= {{"head": options["--head"], "base": options["--base"]}}
    else:
        number = int(words[1])
    requests[number - 1] |= {{"title": options["--title"], "text": text}}
kept.write_text(json.dumps(requests))
"""


class CodeHost:
    """The bare repository, DVC's remote, the pull requests, and a person's checkout."""

    environment: dict[str, str]  # of every step
    jobs: dict[str, list[tuple[str, dict[str, str]]]]  # commands and what they alone are given

    def __init__(self, folder: Path, messages: pd.DataFrame, params: dict[str, Any]) -> None:
        self.folder = folder
        self.runners: list[Project] = []
        self.origin = folder / "origin.git"
        self.secrets: dict[str, str] = {}
        self.person = Project.create(folder / "person", messages)
        self.person.set_params(params)
        self.person.run("git", "init", "-q", "--bare", "-b", "main", str(self.origin))
        self.person.run("git", "remote", "add", "origin", str(self.origin))
        self.person.run("dvc", "add", "data/incoming/mine.csv")

    def use_remote(self, url: str, endpoint: str | None = None, **secrets: str) -> None:
        """Let DVC's files go to `url`, for which CI and the person have the secrets."""
        self.secrets |= secrets
        self.person.environment |= secrets
        self.person.run("dvc", "remote", "add", "--force", "--default", "team", url)
        if endpoint:
            self.person.run("dvc", "remote", "modify", "team", "endpointurl", endpoint)

    def push(self, message: str) -> None:
        """What a person does: commit, push data and code."""
        self.person.commit(message)
        self.person.run("dvc", "push")
        self.person.run("git", "push", "-q", "origin", "main")

    def add(self, messages: pd.DataFrame) -> None:
        """What a person does with labels: `rnnops add`, and push."""
        table = self.person.folder / "new.csv"
        messages.rename(columns={"text": "body", "label": "kind"})[["kind", "body"]].to_csv(
            table, index=False
        )
        self.person.run("rnnops", "add", "new.csv")
        table.unlink()
        self.push("feedback")

    def proposed(self) -> str:
        """The commit of the branch `retrain`, empty if there is none."""
        return self.person.run("git", "ls-remote", "origin", "refs/heads/retrain").stdout[:40]

    def changed_paths(self) -> list[str]:
        """The paths that the proposed commit changes."""
        self.person.run("git", "fetch", "-q", "origin", "main", "retrain")
        return self.person.run(
            "git", "diff", "--name-only", "origin/main...origin/retrain"
        ).stdout.split()

    def merge(self) -> None:
        """What a person does with a pull request that is good."""
        self.person.run("git", "fetch", "-q", "origin")
        self.person.run("git", "checkout", "-q", ".")
        self.person.run("git", "merge", "-q", "--no-edit", "origin/retrain")
        self.person.run("dvc", "pull")
        self.person.run("git", "push", "-q", "origin", "main")

    def champion(self) -> str | None:
        """The champion that main has."""
        self.person.run("git", "fetch", "-q", "origin", "main")
        shown = subprocess.run(
            ["git", "show", "origin/main:models/champion.json"],
            cwd=self.person.folder,
            capture_output=True,
            text=True,
        )
        return json.loads(shown.stdout)[NAME][-1]["version"] if not shown.returncode else None

    def runner(self) -> Project:
        """An empty machine that has checked out main."""
        runner = Project(self.folder / f"runner{len(self.runners) + 1}")
        self.runners.append(runner)
        self.person.run("git", "clone", "-q", str(self.origin), str(runner.folder))
        (runner.folder / ".venv").symlink_to(sys.prefix)
        installed = (Path(sys.prefix) / ".installed").stat().st_mtime
        for name in ("requirements.lock", "requirements-forecast.lock", "pyproject.toml"):
            os.utime(runner.folder / name, (installed - 10, installed - 10))
        runner.run("git", "update-index", "--refresh")
        return runner

    def run(
        self, job: str = "retrain", runner: Project | None = None, kill_at: str | None = None
    ) -> tuple[int, str]:
        """Run the job on an empty machine: its exit status, and what it printed.

        Args:
            kill_at: what is printed when all the job's programs are killed.
        """
        runner = runner or self.runner()
        environment = {**runner.environment, **self.environment, "PYTHONUNBUFFERED": "1"}
        printed = ""
        for command, own in self.jobs[job]:
            with subprocess.Popen(
                ["bash", "-eo", "pipefail", "-c", command],
                cwd=runner.folder,
                env=environment | own,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            ) as process:
                for line in process.stdout:
                    printed += line
                    if kill_at and kill_at in line:
                        os.killpg(process.pid, signal.SIGKILL)
            if process.returncode:
                return process.returncode, printed
        return 0, printed


class GitHub(CodeHost):
    """GitHub, with the files in .github/workflows."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        programs = self.folder / "bin"
        programs.mkdir()
        kept = str(self.folder / "pull_requests.json")
        (programs / "gh").write_text(GH.format(python=sys.executable, kept=kept))
        (programs / "gh").chmod(0o755)
        self.inputs: dict[str, str] = {}
        fork = {"number": 1, "state": "OPEN", "isCrossRepository": True, "title": "a stranger's"}
        fork |= {"head": "retrain", "base": "main", "headRefOid": "0" * 40, "text": ""}
        (self.folder / "pull_requests.json").write_text(json.dumps([fork]))
        self.environment = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_REPOSITORY": "team/mine",
            "GITHUB_RUN_ID": "7",
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "PATH": f"{programs}{os.pathsep}{self.person.environment['PATH']}",
        }

    @property
    def jobs(self) -> dict[str, list[tuple[str, dict[str, str]]]]:
        """By the name of the workflow, each of which has one job."""
        return {path.stem: self._steps(path) for path in (ROOT / ".github/workflows").iterdir()}

    def pull_requests(self, state: str = "OPEN") -> list[dict[str, str]]:
        """Those in that state, oldest first."""
        own = (each for each in self._requests() if not each["isCrossRepository"])
        return [each for each in own if each["state"] == state]

    def end_pull_request(self, state: str) -> None:
        """Mark the open one as merged or closed."""
        requests = self._requests()
        for each in requests:
            if each["state"] == "OPEN" and not each["isCrossRepository"]:
                each |= {"state": state, "headRefOid": self.proposed()}
        (self.folder / "pull_requests.json").write_text(json.dumps(requests))

    def merge(self) -> None:
        super().merge()
        self.end_pull_request("MERGED")

    def _requests(self) -> list[dict[str, str]]:
        kept = self.folder / "pull_requests.json"
        return json.loads(kept.read_text()) if kept.exists() else []

    def _steps(self, path: Path) -> list[tuple[str, dict[str, str]]]:
        (job,) = YAML(typ="safe").load(path)["jobs"].values()
        steps = [step for step in job["steps"] if step.get("run", "make setup") != "make setup"]
        return [
            (step["run"], self._evaluate(job.get("env", {}) | step.get("env", {})))
            for step in steps
        ]

    def _evaluate(self, environment: dict[str, str]) -> dict[str, str]:
        """The values of GitHub's expressions in it. A secret that nobody has set is empty."""
        return {
            name: re.sub(r"\$\{\{ (.*) \}\}", lambda found: self._value(found[1]), value)
            for name, value in environment.items()
        }

    def _value(self, expression: str) -> str:
        kind, _, rest = expression.partition(".")
        if kind == "secrets":
            return self.secrets.get(rest, "")
        if kind == "inputs":
            name, _, default = rest.partition(" || ")
            name, _, wanted = name.partition(" && ")
            value = self.inputs.get(name, "")
            return (wanted or value if value else default).strip("'")
        assert expression == "github.token"
        return "token"


class GitLab(CodeHost):
    """GitLab, with .gitlab-ci.yml and the part of the API that is about merge requests."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        fork = {"iid": 1, "state": "opened", "source_project_id": 7, "title": "a stranger's"}
        fork |= {"source_branch": "retrain", "target_branch": "main", "sha": "0" * 40}
        self.requests: list[dict[str, Any]] = [fork]
        self.secrets |= {"GITLAB_TOKEN": "token"}

    @contextmanager
    def serve(self) -> Iterator[None]:
        """Answer requests on a free port of this machine."""
        host = self

        class Answers(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                given = json.loads(self.rfile.read(length) or "{}")
                allowed = self.headers["PRIVATE-TOKEN"] == "token"
                found = host.api(self.command, self.path, given) if allowed else {}
                self.send_response(200 if allowed else 401)
                self.end_headers()
                self.wfile.write(json.dumps(found).encode())

            do_GET = do_POST = do_PUT = answer  # noqa: N815 - as http.server has them

            def log_message(self, *arguments: Any) -> None:
                """Say nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
            Thread(target=server.serve_forever, daemon=True).start()
            self.environment = {
                "GITLAB_CI": "true",
                "CI_API_V4_URL": f"http://127.0.0.1:{server.server_port}/api/v4",
                "CI_PROJECT_ID": "42",
                "CI_PROJECT_DIR": ".",
                "CI_JOB_URL": "https://gitlab.example/team/mine/-/jobs/7",
                "CI_COMMIT_BRANCH": "main",
                "CI_DEFAULT_BRANCH": "main",
            }
            yield
            server.shutdown()

    def api(self, method: str, address: str, given: dict[str, str]) -> Any:
        """What GitLab answers on the project's merge requests."""
        parts = urlsplit(address)
        path, _, number = parts.path.partition("/merge_requests")
        assert path == "/api/v4/projects/42"
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if method == "POST":
            new = {"iid": len(self.requests) + 1, "state": "opened", "source_project_id": 42}
            self.requests.append(new | given)
        elif method == "PUT":
            self.requests[int(number.strip("/")) - 1] |= given
        for each in self.merge_requests:
            if each["state"] == "opened":
                each["sha"] = self.proposed()
        ends = ("source_branch", "target_branch")
        return [
            each
            for each in self.requests
            if all(each[end] == query.get(end, each[end]) for end in ends)
        ]

    @property
    def merge_requests(self) -> list[dict[str, Any]]:
        """Those from branches of the project itself."""
        return [each for each in self.requests if each["source_project_id"] == 42]

    @property
    def jobs(self) -> dict[str, list[tuple[str, dict[str, str]]]]:
        """By name; a job's script is one program."""
        here = {"PUSH_TO": str(self.origin)}
        jobs = YAML(typ="safe").load(ROOT / ".gitlab-ci.yml")
        return {
            name: [(self._script(job), self.secrets | job.get("variables", {}) | here)]
            for name, job in jobs.items()
            if "script" in job
        }

    def _script(self, job: dict[str, Any]) -> str:
        return "\n".join(line for line in job["script"] if line != "make setup")
