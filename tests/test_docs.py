"""The pages against the project: their links and their commands."""

import re
import tomllib

import pytest
import typer
from project import ROOT
from ruamel.yaml import YAML

from rnnops.cli.main import app
from rnnops.features.tokens import tokenize

PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").glob("*.md"),
    ROOT / "benchmarks/README.md",
    ROOT / "examples/README.md",
]
PRESENT = [page for page in PAGES if page.name != "CHANGELOG.md"]  # which names former commands
FENCED = re.compile(r"^```(?:sh|yaml|text|python|mermaid)\n.*?^```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")


def commands(page):
    """Each line of a shell block and each inline code of a page, comments taken off."""
    text = page.read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line.partition(" #")[0] for line in lines + INLINE.findall(FENCED.sub("", text))]


def options_of(command):
    """The options of a command and of the commands below it."""
    below = getattr(command, "commands", {}).values()
    own = {option for each in command.params for option in each.opts}
    return own.union(*map(options_of, below))


def anchor(heading):
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(page):
    return {anchor(heading) for heading in re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_and_headings(page):
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text()):
        path, _, heading = target.partition("#")
        there = page.parent / path if path else page
        assert there.exists(), target
        assert not heading or heading in anchors(there), target


@pytest.mark.parametrize("page", PRESENT, ids=lambda page: page.name)
def test_commands_exist(page):
    known = typer.main.get_command(app).commands
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for line in commands(page):
        for name, rest in re.findall(r"\brnnops ([a-z]+)([^|&;]*)", line):
            assert name in known, line
            options = options_of(known[name])
            assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= options | {"--help"}, line
        for target in re.findall(r"\bmake ([a-z-]+)", line):
            assert target in targets, line
        for extra in re.findall(r'-e "\.\[(\w+)\]"', line):
            assert extra in extras["optional-dependencies"], line
        for script in re.findall(r"\b(?:python|pytest) (\S+\.py)", line):
            assert (ROOT / script).exists(), line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_parameters_exist(page):
    params = YAML(typ="safe").load(ROOT / "params.yaml")
    for line in commands(page):
        for key in re.findall(r"-S '?([\w.]+)=", line):
            section = params
            for part in key.split("."):
                assert part in section, line
                section = section[part]


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


def test_the_tokens_shown_are_those_of_the_tokenizer():
    page = (ROOT / "docs/languages.md").read_text()
    rows = re.findall(r"^\| `(.*?)` \| `(.*?)` \|$", page, re.MULTILINE)
    assert len(rows) == 3
    for text, tokens in rows:
        assert " ".join(tokenize(text)) == tokens
