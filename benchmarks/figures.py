"""Every measured figure of the README and the documentation, from the results that are committed.

`make figures` writes them into the pages: each stands between `<!-- figures: NAME -->`, with a
name of `FIGURES`, and `<!-- end -->`.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from forecast_figures import FORECAST_FIGURES
from next_word_figures import NEXT_WORD_FIGURES
from quality_figures import QUALITY_FIGURES
from sequences_figures import SEQUENCES_FIGURES
from serving_figures import SERVING_FIGURES
from speed_figures import SPEED_FIGURES

from rnnops.core import files

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "benchmarks/README.md"]
Read = Callable[[str], Any]
FIGURES: dict[str, Callable[[Read], str]] = (
    QUALITY_FIGURES
    | SPEED_FIGURES
    | SERVING_FIGURES
    | NEXT_WORD_FIGURES
    | FORECAST_FIGURES
    | SEQUENCES_FIGURES
)
MARKED = re.compile(r"<!-- figures: ([\w-]+) -->(.*?)<!-- end -->", re.DOTALL)


def main() -> None:
    read = cache(lambda path: files.read_json(ROOT / path))
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        filled = fill(text, read)
        if filled != text:
            page.write_text(filled, encoding="utf-8")
            print(f"{page.relative_to(ROOT)}: its figures are those of the results now")


def fill(text: str, read: Read) -> str:
    """A page with the figures of the results between its marks.

    Args:
        read: the content of a JSON file, by its path in the project.

    Raises:
        KeyError: for a name that `FIGURES` does not have.
    """

    def filled(mark: re.Match[str]) -> str:
        name, former = mark.groups()
        figure = FIGURES[name](read)
        space = "\n\n" if former.startswith("\n") else ""  # a table, or a figure within a line
        return f"<!-- figures: {name} -->{space}{figure}{space}<!-- end -->"

    return MARKED.sub(filled, text)


if __name__ == "__main__":
    main()
