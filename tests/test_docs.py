"""The pages against the project: their links, their commands and their figures."""

import json
import re
import subprocess
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
RESULTS = "reports/results.json"


def commands(page):
    """Each line of a shell block and each inline code of a page, comments taken off."""
    text = page.read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line.partition(" #")[0] for line in lines + INLINE.findall(FENCED.sub("", text))]


def anchor(heading):
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(page):
    return {anchor(heading) for heading in re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)}


def table_rows(text, heading):
    """The rows of the tables in the section of a page, as they stand."""
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)[1]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    assert rows, heading
    return rows


def committed(path):
    """A report as it is in the last commit: a run on another kind of CPU differs in last digits."""
    shown = ["git", "show", f"HEAD:{path}"]
    return json.loads(subprocess.run(shown, cwd=ROOT, capture_output=True, check=True).stdout)


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
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for line in commands(page):
        for name, rest in re.findall(r"\brnnops ([a-z]+)([^|&;]*)", line):
            assert name in known, line
            options = {option for each in known[name].params for option in each.opts}
            assert set(re.findall(r"(?<!\S)--[a-z]+", rest)) <= options | {"--help"}, line
        for target in re.findall(r"\bmake ([a-z]+)", line):
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


@pytest.mark.parametrize(
    ("page", "heading", "models"),
    [
        ("README.md", "What you see", ("network", "best_baseline")),
        ("docs/results.md", "The default configuration", ("network", "best_baseline")),
        ("docs/results.md", "The halves on the test split", ("network", "recurrent", "linear")),
    ],
)
def test_metrics_are_those_of_the_committed_results(page, heading, models):
    results = committed(RESULTS)
    measured = results["metrics"]["test"]
    measured["best_baseline"] = measured[results["best_baseline"]]
    for row in table_rows((ROOT / page).read_text(), heading)[1:]:
        name = row.split("|")[1].strip()
        values = [measured[model][name] for model in models]
        cells = ["{value:.4f} [{low:.4f}, {high:.4f}]".format(**value) for value in values]
        assert row == f"| {' | '.join([name, *cells])} |"


def test_leakage_is_that_of_the_committed_split():
    leaked = committed("reports/split.json")["near_duplicate_leakage"]
    rows = table_rows((ROOT / "docs/results.md").read_text(), "Leakage")[1:]
    assert rows == [
        f"| {label} | {leaked['this_split'][label]:.4f} | {share:.4f} |"
        for label, share in leaked["plain_random_split"].items()
    ]


@pytest.mark.parametrize(
    ("page", "heading", "source"),
    [
        ("results", "Four corpora, five seeds", "quality.md"),
        ("results", "Perturbations", "quality.md"),
        ("results", "The two halves", "choices.md"),
        ("recurrent-layer", "Speed", "tables.md"),
    ],
)
def test_rows_are_those_of_the_benchmarks_results(page, heading, source):
    measured = (ROOT / "benchmarks/results" / source).read_text().splitlines()
    for row in table_rows((ROOT / f"docs/{page}.md").read_text(), heading):
        assert row in measured


def test_the_figures_on_segmentation_are_those_measured():
    page = (ROOT / "docs/languages.md").read_text().splitlines()
    measured = (ROOT / "benchmarks/results/segmentation.md").read_text().splitlines()
    rows = [row for row in measured if not set(row) <= set("|- ")]
    assert len(rows) == 4
    assert set(rows) <= set(page)


def test_the_tokens_shown_are_those_of_the_tokenizer():
    page = (ROOT / "docs/languages.md").read_text()
    rows = re.findall(r"^\| `(.*?)` \| `(.*?)` \|$", page, re.MULTILINE)
    assert len(rows) == 3
    for text, tokens in rows:
        assert " ".join(tokenize(text)) == tokens
