"""What the command line says of itself."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

RNNOPS = Path(sys.executable).with_name("rnnops")


def rnnops(*arguments, **environment):
    return subprocess.run(
        [RNNOPS, *arguments],
        env={**os.environ, "COLUMNS": "100", **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_the_version_is_that_of_the_project():
    declared = tomllib.loads(Path("pyproject.toml").read_text())["project"]["version"]
    assert rnnops("--version") == f"rnnops {declared}\n"


def test_help_shows_each_command_in_a_group():
    shown = rnnops("--help")
    headings = ["Classify", "Results and lineage", "Models and decisions"]
    positions = [shown.index(f"─ {heading} ─") for heading in headings]
    assert positions == sorted(positions)
    assert "─ Commands ─" not in shown


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_complete_commands(shell):
    line = {"_RNNOPS_COMPLETE": f"complete_{shell}", "COMP_WORDS": "rnnops li", "COMP_CWORD": "1"}
    line |= {"_TYPER_COMPLETE_ARGS": "rnnops li", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    assert "lineage" in rnnops(**line)
