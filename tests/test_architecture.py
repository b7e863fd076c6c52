"""docs/architecture.md against the code: every package in its table, and imports one way."""

import re
from pathlib import Path

from import_closure import imported_modules

SOURCE = Path("src/rnnops")


def test_every_package_is_in_the_table_and_imports_only_those_above_it():
    page = Path("docs/architecture.md").read_text()
    table = page.partition("\n## Folders")[2].partition("\n## ")[0]
    packages = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert sorted(packages) == sorted(path.parent.name for path in SOURCE.glob("*/__init__.py"))
    for position, package in enumerate(packages):
        allowed = set(packages[: position + 1])
        for file in (SOURCE / package).rglob("*.py"):
            imported = {
                name.split(".")[1] for name in imported_modules(file) if name.startswith("rnnops.")
            }
            assert imported <= allowed, f"{file} imports {sorted(imported - allowed)}"
