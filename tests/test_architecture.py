"""docs/architecture.md against the code: packages, the direction of imports, the data flow."""

import importlib
import re
from pathlib import Path

from import_closure import imported_modules
from ruamel.yaml import YAML

SOURCE = Path("src/rnnops")
PAGE = Path("docs/architecture.md")


def test_every_package_is_in_the_table_and_imports_only_those_above_it():
    table = PAGE.read_text().partition("\n## Folders")[2].partition("\n## ")[0]
    packages = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert sorted(packages) == sorted(path.parent.name for path in SOURCE.glob("*/__init__.py"))
    for position, package in enumerate(packages):
        allowed = set(packages[: position + 1])
        for file in (SOURCE / package).rglob("*.py"):
            imported = {
                name.split(".")[1] for name in imported_modules(file) if name.startswith("rnnops.")
            }
            assert imported <= allowed, f"{file} imports {sorted(imported - allowed)}"


def test_the_stable_classes_are_where_the_page_has_them():
    stable = re.findall(r"^from ([\w.]+) import (\w+)", PAGE.read_text(), re.MULTILINE)
    assert [name for _, name in stable] == ["SimpleRNN", "TextClassifier"]
    for module, name in stable:
        assert isinstance(getattr(importlib.import_module(module), name), type)


def test_the_diagram_has_the_edges_of_the_pipeline():
    stages = YAML(typ="safe").load(Path("dvc.yaml"))["stages"]
    written = {
        name: {out if isinstance(out, str) else next(iter(out)) for out in stage.get("outs", [])}
        for name, stage in stages.items()
    }
    read = {
        (writer, reader): outs & set(stage["deps"])
        for reader, stage in stages.items()
        for writer, outs in written.items()
        if reader != "register" and outs & set(stage["deps"])
    }
    drawn = re.findall(r"^  (\w+) -->\|(.*?)\| (\w+)$", PAGE.read_text(), re.MULTILINE)
    assert {
        (writer, reader): set(paths.split(", "))
        for writer, paths, reader in drawn
        if writer in stages and reader != "register"
    } == read
