"""A Python environment that has the packages a requirements file names, and no other."""

import ast
import os
import subprocess
import sys
from functools import cache
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

from packaging.requirements import Requirement


def distributions(requirements):
    """The names of the required distributions and of all that they require."""
    found, waiting = set(), [Requirement(line) for line in requirements]
    while waiting:
        required = waiting.pop()
        if required.name in found:
            continue
        found.add(required.name)
        waiting += [
            each
            for each in map(Requirement, distribution(required.name).requires or [])
            if each.marker is None
            or any(each.marker.evaluate({"extra": extra}) for extra in ("", *required.extras))
        ]
    return found


def create(folder, requirements):
    """Link what `requirements` install to `folder`."""
    folder.mkdir()
    for name in distributions(requirements):
        installed = distribution(name)
        for top in {file.parts[0] for file in installed.files} - {"..", "__pycache__"}:
            link = folder / top
            if not link.exists():
                link.symlink_to(installed.locate_file(top))


def run(folder, code, cwd, **environment):
    """What `code` prints when it runs with the packages in `folder` only."""
    done = subprocess.run(
        [sys._base_executable, "-S", "-c", code],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def _packages():
    """The distributions by the packages they install; it takes seconds to read them."""
    return packages_distributions()


def imported_distributions(file):
    """The distributions whose packages the module `file` imports when it is itself imported."""
    known = _packages()
    names = set()
    for node in ast.parse(Path(file).read_text()).body:
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.partition(".")[0])
    return {name.lower() for package in names for name in known.get(package, [])} - {"rnnops"}
