"""Does a test fail for each small change of the code that verdicts rest on? Writes docs/mutants.md.

`make mutants` installs mutmut, which changes one expression at a time and runs the tests of its
module. `python benchmarks/mutants.py [MODULE…]` does so for the modules that are named, such as
`registry/decisions`, and prints the page. mutants.toml says of survivors why they may survive.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rnnops.core import files
from rnnops.templating.environment import markdown_environment

ROOT = Path(__file__).parents[1]
FOLDER = Path(__file__).parent
PAGE = ROOT / "docs" / "mutants.md"
PACKAGE = "src/rnnops"
MODULES = (
    "gate/*", "metrics/bootstrap", "metrics/measured", "metrics/threshold", "registry/challenger",
    "registry/decisions", "registry/promotion", "registry/published_model", "registry/verdicts",
    "split/*",
)  # fmt: skip
# Beside the tests of a module: what params.yaml makes of the sections that packages declare.
PARAMETERS_TEST = "tests/catalog/test_params.py"
# mutmut leaves decorated functions out. This decorator only words errors, so the copy goes without.
TAKEN_OFF = "@store.reaching_the_server()\n"
CONFIGURATION = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = [{modules}]
also_copy = ["benchmarks", "data", "docs", "dvc.yaml", "params.yaml", "pipeline", "tests"]
pytest_add_cli_args = ["-o", "addopts=--import-mode=importlib", "-p", "no:xdist"]
pytest_add_cli_args_test_selection = [{tests}]
process_isolation = "forkserver"
"""
KILLED = {"killed", "timeout", "segfault"}


@dataclass(frozen=True)
class Mutant:
    """A change of a function and what became of it; `name` is mutmut's."""

    name: str
    status: str

    @property
    def module(self) -> str:
        """The path of its module in the package."""
        return self.name.rpartition(".")[0].removeprefix("rnnops.").replace(".", "/") + ".py"

    @property
    def title(self) -> str:
        """Module, function and number, as mutants.toml names it."""
        function, _, number = self.name.rpartition(".")[2].rpartition("__mutmut_")
        function = function[2:] if function.startswith("x_") else function[2:].replace("ǁ", ".")
        return f"{self.module} {function} {number}"


def main(modules: Sequence[str]) -> None:
    """Run mutmut in a copy of the tree, then write or print the page."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "rnnops"
        copy_tree(copy, modules or MODULES)
        subprocess.run([sys.executable, "-m", "mutmut", "run", "--max-children=2"], cwd=copy)
        mutants = read_mutants(mutmut(copy, "results", "--all=true"))
        kept = [each for each in mutants if each.status not in KILLED]
        changes = {each.title: read_change(mutmut(copy, "show", each.name)) for each in kept}
    explained = tomllib.loads((FOLDER / "mutants.toml").read_text())["explained"]
    page = render_page(mutants, changes, explained)
    if modules:
        print(page)
    else:
        files.write_text(page, PAGE)


def copy_tree(copy: Path, modules: Sequence[str]) -> None:
    """Copy what git tracks to `copy`, where mutmut is to change `modules`."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    for name in filter(lambda name: (ROOT / name).exists(), listed.stdout.splitlines()):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    patterns = [f"{PACKAGE}/{module}.py" for module in modules]
    tests = [*(tests_of(module) for module in modules), PARAMETERS_TEST]
    for path in (path for pattern in patterns for path in copy.glob(pattern)):
        path.write_text(path.read_text().replace(TAKEN_OFF, ""))
    with (copy / "pyproject.toml").open("a") as configuration:
        configuration.write(CONFIGURATION.format(modules=quoted(patterns), tests=quoted(tests)))


def tests_of(module: str) -> str:
    """Where the tests of a module are, or of a folder's modules: `tests` mirrors the package."""
    folder, _, name = module.partition("/")
    return f"tests/{folder}" if name == "*" else f"tests/{folder}/test_{name}.py"


def quoted(names: Sequence[str]) -> str:
    """The names as elements of a TOML array."""
    return ", ".join(f'"{name}"' for name in names)


def mutmut(copy: Path, *arguments: str) -> str:
    """What the command of mutmut prints that runs in `copy`."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, cwd=copy, capture_output=True, text=True, check=True).stdout


def read_mutants(printed: str) -> list[Mutant]:
    """The mutants that `mutmut results` lists."""
    found = re.findall(r"^\s*(\S+__mutmut_\d+): (.+)$", printed, re.MULTILINE)
    return sorted((Mutant(*each) for each in found), key=lambda each: (each.module, each.name))


def read_change(printed: str) -> str:
    """The lines that a mutant takes away and adds, from what `mutmut show` prints."""
    lines = [line for line in printed.splitlines() if re.match(r"[-+](?![-+]{2} )", line)]
    return "\n".join(f"{line[0]} {line[1:].strip()}" for line in lines)


def render_page(
    mutants: Sequence[Mutant], changes: dict[str, str], explained: dict[str, str]
) -> str:
    """The page: a row of totals a module, and the mutants that no test killed.

    Raises:
        SystemExit: if a mutant is explained that did not survive.
    """
    if stale := explained.keys() - changes.keys() - outside(mutants, explained):
        raise SystemExit(f"error: mutants.toml explains mutants that no longer survive: {stale}")
    totals = {each.module: Counter[str]() for each in mutants}
    for each in mutants:
        totals[each.module]["mutants"] += 1
        totals[each.module]["killed"] += each.status in KILLED
        totals[each.module]["explained"] += each.title in explained
        totals[each.module]["not reached"] += each.status == "no tests"
    heads = ("mutants", "killed", "explained", "not reached")
    rows = [[module, *(counted[head] for head in heads)] for module, counted in totals.items()]
    rows.append(["all", *(sum(counted[head] for counted in totals.values()) for head in heads)])
    template = markdown_environment(FOLDER / "templates").get_template("mutants.md.j2")
    survivors = [
        {"title": title, "change": change, "why": explained.get(title)}
        for title, change in sorted(changes.items(), key=lambda each: each[0] in explained)
    ]
    return template.render(heads=("module", *heads), rows=rows, survivors=survivors)


def outside(mutants: Sequence[Mutant], explained: dict[str, str]) -> set[str]:
    """The explained mutants of modules that were not run."""
    modules = {each.module for each in mutants}
    return {title for title in explained if title.partition(" ")[0] not in modules}


if __name__ == "__main__":
    main(sys.argv[1:])
