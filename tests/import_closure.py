"""Which files a stage's code is, and which packages it imports: read from the sources, not run."""

import ast
from pathlib import Path

SOURCE = Path("src")


def imported_modules(script: Path) -> set[str]:
    """Every module the file names in an import, inside functions too; `from a import b` as a.b."""
    names = set()
    for node in ast.walk(ast.parse(script.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def project_files(module: str, root: Path) -> set[Path]:
    """The files of this project that importing `module` runs: its own and its packages'."""
    parts = module.split(".")
    found = set()
    for length in range(1, len(parts) + 1):
        base = root / SOURCE / Path(*parts[:length])
        for file in (base.with_suffix(".py"), base / "__init__.py"):
            if file.exists():
                found.add(file)
    return found


def closure(script: Path, root: Path) -> set[Path]:
    """`script` and every project file it imports, directly or through others."""
    found, waiting = set(), {script}
    while waiting:
        file = waiting.pop()
        found.add(file)
        for module in imported_modules(file):
            waiting |= project_files(module, root) - found
    return found
