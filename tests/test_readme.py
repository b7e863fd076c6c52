"""The commands of the pages in PAGES, run in order as they stand, from an empty clone."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from project import MINE, ROOT, Project

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ELSEWHERE = {  # what a line starts with, and why it is not run here
    "make test": "runs this very test",
    "make ui": "serves until it is stopped: tests/cli/test_ui.py",
    "make seeds": "five trainings: tests/test_pipeline.py",
    "make quality": "an hour",
    "make bench": "an hour",
    "pip install": "installs what the tests do without",
}
NOISE = re.compile(r"Traceback|Warning\b|retracing|\bINFO\b|deprecat|oneDNN|cuda", re.IGNORECASE)
MARK = ":::"
# docs/promotion.md takes several machines: tests/test_story.py.
PAGES = ("README.md", "docs/data.md", "docs/results.md")


def blocks():
    """The commands of each block, without those that run elsewhere."""
    found = []
    for block in (block for page in PAGES for block in BLOCK.findall((ROOT / page).read_text())):
        lines = block.splitlines(keepends=True)
        found.append("".join(line for line in lines if not line.startswith(tuple(ELSEWHERE))))
    return found


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A small corpus in place of the e-mails, and an environment that is set up already."""
    project = Project.create(tmp_path_factory.mktemp("project"))
    project.set_params({"data.dataset": "spam-email", "datasets.spam-email": MINE})
    project.commit("a small corpus")
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


def test_the_examples_are_classified(printed):
    for name in ("examples/prize.eml", "examples/mailbox.mbox#3", "examples/note.txt"):
        assert re.search(rf"{name}\s+(ham|spam)", printed)


def test_the_page_on_experiments_has_commands_that_are_run():
    run = {line.partition(" #")[0].strip() for block in blocks() for line in block.splitlines()}
    for block in BLOCK.findall((ROOT / "docs/experiments.md").read_text()):
        assert {line.partition(" #")[0].strip() for line in block.splitlines()} <= run
