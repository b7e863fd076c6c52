"""The commands of the pages in PAGES, run in order as they stand, from an empty clone."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from project import ROOT, RUNS, Project

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ELSEWHERE = {  # what a line starts with, and why it is not run here
    "make test": "runs this very test",
    "make ui": "serves until it is stopped: tests/cli/test_ui.py",
    "make seeds": "five trainings: tests/test_experiments.py",
    "make quality": "an hour",
    "make bench": "an hour",
    "pip install": "installs what the tests do without",
}
NOISE = re.compile(r"Traceback|Warning\b|retracing|\bINFO\b|deprecat|oneDNN|cuda", re.IGNORECASE)
MARK = ":::"
# docs/promotion.md takes several machines: tests/test_story.py.
PAGES = ("README.md", "docs/data.md", "docs/results.md")


def blocks():
    """The commands of each block, without those that run elsewhere or have run before."""
    found, before = [], set()
    for block in (block for page in PAGES for block in BLOCK.findall((ROOT / page).read_text())):
        lines = [
            line
            for line in block.replace("spam-email", "mine").splitlines(keepends=True)
            if not line.startswith(tuple(ELSEWHERE)) and command_of(line) not in before
        ]
        before |= {command_of(line) for line in lines}
        found.append("".join(lines))
    return found


def command_of(line):
    return line.partition(" #")[0].strip()


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A small corpus in place of the e-mails, and an environment that is set up already."""
    project = Project.create(tmp_path_factory.mktemp("project"))
    environment = project.folder / ".venv"
    environment.mkdir()
    for part in ("bin", "lib", "pyvenv.cfg"):
        (environment / part).symlink_to(Path(sys.prefix) / part)
    (environment / ".installed").touch()
    project.environment["PATH"] = "/usr/local/bin:/usr/bin:/bin"  # as before any activation
    return project


@pytest.fixture(scope="module")
def printed(project):
    """What the commands print, one shell for all of them, as a reader has."""
    script = "".join(f"echo '{MARK}' {number}\n{block}" for number, block in enumerate(blocks()))
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=project.folder,
        env=project.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    return done.stdout


def test_every_command_succeeds_and_nothing_prints_noise(printed):
    assert printed.count(MARK) == len(blocks()) > 5
    noisy = [line for line in printed.splitlines() if NOISE.search(line)]
    assert not noisy


def test_too_few_good_messages_for_the_cap_are_noted(printed):
    assert re.search(r"^note: The validation split has .* the cap of 0.5% needs 199", printed, re.M)


def test_the_examples_are_classified(printed):
    for name in ("examples/prize.eml", "examples/mailbox.mbox#3", "examples/note.txt"):
        assert re.search(rf"{name}\s+(ham|spam)", printed)


@pytest.mark.usefixtures("printed")
def test_the_first_run_gave_the_bytes_of_another_checkout(project, first_results):
    """Of the same commit, data and parameters."""
    lock = project.run("git", "show", "HEAD^{/my messages}:dvc.lock").stdout
    assert lock == (first_results / "dvc.lock").read_text()


@pytest.mark.usefixtures("printed")
def test_every_experiment_is_a_complete_run_in_the_projects_own_store(project):
    # Two baselines on the first features, two on bags of words.
    assert project.count(RUNS) == project.count("tags WHERE key = 'rnnops.identity'") == 5 + 2 + 2
    assert project.query("SELECT DISTINCT status FROM runs") == [("FINISHED",)]
    assert project.count("model_versions") == 5
    assert not list((project.folder / ".dvc/tmp/exps").glob("*/mlruns/*"))


def test_the_page_on_experiments_has_commands_that_are_run():
    run = {command_of(line) for block in blocks() for line in block.splitlines()}
    for block in BLOCK.findall((ROOT / "docs/experiments.md").read_text()):
        assert {command_of(line) for line in block.splitlines()} <= run
