"""The figures in the pages are those of the committed results."""

import json
import re
import subprocess
import sys
from functools import cache

import pytest
from project import ROOT

BENCHMARKS = ROOT / "benchmarks"
TYPED = re.compile(r"^\|.*\d\.\d{2}", re.MULTILINE)
BREAKS_A_PARAGRAPH = re.compile(r"^<!-- figures: [\w-]+ -->.", re.MULTILINE)  # a block of HTML


@cache
def committed(path):
    """Of reports the last commit's: a run on another kind of CPU differs in last digits."""
    if "reports/" not in path:
        return json.loads((ROOT / path).read_text())
    shown = ["git", "show", f"HEAD:{path}"]
    return json.loads(subprocess.run(shown, cwd=ROOT, capture_output=True, check=True).stdout)


@pytest.fixture(scope="module")
def figures():
    """benchmarks/figures.py, which imports its neighbours as a script does."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import figures
    finally:
        sys.path.remove(str(BENCHMARKS))
    return figures


def test_the_pages_have_the_figures_of_the_committed_results(figures):
    for page in figures.PAGES:
        text = page.read_text()
        assert figures.fill(text, committed) == text, f"{page.name} is stale: `make figures`"


def test_every_figure_is_in_a_page_and_no_table_of_figures_is_typed(figures):
    shown = set()
    for page in figures.PAGES:
        text = page.read_text()
        shown |= {name for name, _ in figures.MARKED.findall(text)}
        by_hand = re.sub(r"`[^`\n]*`", "", figures.MARKED.sub("", text))
        assert not TYPED.findall(by_hand), page.name
        assert not BREAKS_A_PARAGRAPH.findall(text), page.name
    assert shown == figures.FIGURES.keys()


def test_a_changed_result_changes_the_page(figures):
    def changed(path):
        results = json.loads(json.dumps(committed(path)))
        if path == "reports/results.json":
            results["metrics"]["test"]["network"]["accuracy"]["value"] = 0.5
        return results

    page = (ROOT / "README.md").read_text()
    before, after = page.splitlines(), figures.fill(page, changed).splitlines()
    (row,) = (new for old, new in zip(before, after, strict=True) if old != new)
    assert row.startswith("| network | 0.5000 [")


def test_a_mark_within_a_line_stays_within_it(figures):
    line = "of <!-- figures: messages -->1<!-- end --> messages"
    read = {"reports/split.json": {"messages": 1234}}.get
    assert figures.fill(line, read) == "of <!-- figures: messages -->1,234<!-- end --> messages"
    with pytest.raises(KeyError, match="no-such"):
        figures.fill("<!-- figures: no-such --><!-- end -->", read)
