"""The project's params.yaml and copies of it with one value changed."""

from pathlib import Path

PARAMS = Path(__file__).parents[1] / "params.yaml"


def changed(folder: Path, old: str, new: str) -> Path:
    """A copy in `folder` in which the first `old` is `new`."""
    text = PARAMS.read_text()
    assert old in text
    path = folder / "params.yaml"
    path.write_text(text.replace(old, new, 1))
    return path
