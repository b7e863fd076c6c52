"""Every path and split name stands in layout.py and nowhere else in the code."""

import ast
from pathlib import Path

import pytest

from rnnops.core import layout

ROOT = Path(__file__).parents[2]
PATHS = [value for name, value in vars(layout).items() if name.isupper() and isinstance(value, str)]
WORDS = {"data", "models", "reports", "train", "excluded", "lineage"}  # have other meanings too
NAMES = {*PATHS, *layout.SPLIT_NAMES} - WORDS
FILE_NAMES = {Path(path).name for path in PATHS if Path(path).suffix}
BELOW = tuple(f"{folder}/" for folder in (layout.DATA, layout.MODELS, layout.REPORTS))
# The name of a curve in a legend, not a split.
OTHER_MEANINGS = {"src/rnnops/report/training_figures.py"}


def literals(file):
    """The string constants of a file that are not docstrings."""
    tree = ast.parse(file.read_text())
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
    ]


def is_path(text):
    return text in NAMES | FILE_NAMES or any(part.startswith(BELOW) for part in text.split())


@pytest.mark.parametrize("folder", ["src/rnnops", "pipeline"])
def test_no_other_file_has_a_path_or_the_name_of_a_split(folder):
    found = {
        file.relative_to(ROOT).as_posix(): [text for text in literals(file) if is_path(text)]
        for file in sorted((ROOT / folder).rglob("*.py"))
    }
    own = OTHER_MEANINGS | {"src/rnnops/core/layout.py"}
    assert {file: texts for file, texts in found.items() if texts and file not in own} == {}
