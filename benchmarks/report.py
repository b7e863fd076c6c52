"""Results as Markdown, printed and written; the numbers themselves as JSON."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
MILLISECONDS = 1000


def write_json(result: dict[str, Any], path: Path) -> None:
    """Write `result` to `path`."""
    _write(json.dumps(result, indent=1, ensure_ascii=False), path)


def read_json(path: Path) -> dict[str, Any]:
    """What `write_json` wrote."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_tables(sections: Sequence[str], path: Path) -> None:
    """Write Markdown `sections` to `path`."""
    _write("\n\n".join(sections), path)


def _write(text: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def section(result: dict[str, Any]) -> str:
    """A benchmark's comparisons, targets and contenders, under its title.

    Args:
        result: `title`, `measured` (in words), `machine` (see `machine.py`), `cells` (see
            `summary.py`) and `targets` (see `target`).
    """
    cells = result["cells"]
    return "\n\n".join(
        [
            f"## {result['title']}",
            result["measured"],
            machine_line(result["machine"]),
            *_unless_empty(
                (
                    "",
                    "against",
                    "ours, ms",
                    "best of the others, ms",
                    "times as fast",
                    "of medians",
                ),
                [row for cell in cells for row in _comparison_rows(cell)],
            ),
            *_unless_empty(("target", "at least", "measured", "met"), _targets(result["targets"])),
            f"<details><summary>{result['title']}: every contender</summary>",
            table(
                ("", "contender", "median, ms", "lowest", "highest"),
                [row for cell in cells for row in _contender_rows(cell)],
            ),
            "</details>",
        ]
    )


def target(what: str, wanted: float, measured: dict[str, float] | None) -> dict[str, Any]:
    """A target; it is met where the median of `measured`, a spread, is at least `wanted`.

    None is not measured.
    """
    return {
        "target": what,
        "wanted": wanted,
        "measured": measured,
        "met": measured is not None and measured["median"] >= wanted,
    }


def describe(cell: dict[str, Any]) -> str:
    """A cell's settings as words: `batch 64, steps 200`."""
    return ", ".join(f"{name} {value}" for name, value in cell.items())


def machine_line(machine: dict[str, Any]) -> str:
    """The machine in a line."""
    return ", ".join(f"{name} {value}" for name, value in machine.items())


def show(spread: dict[str, float], scale: float = 1, digits: int = 2) -> str:
    """`median [min–max]`."""
    median, low, high = (f"{spread[key] * scale:.{digits}f}" for key in ("median", "min", "max"))
    return f"{median} [{low}–{high}]"


def _unless_empty(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [table(header, rows)] if rows else []


def _targets(targets: Sequence[dict[str, Any]]) -> list[Sequence[str]]:
    return [
        (
            one["target"],
            f"{one['wanted']:.2f}",
            "not measured" if one["measured"] is None else show(one["measured"]),
            "yes" if one["met"] else "no",
        )
        for one in targets
    ]


def _comparison_rows(cell: dict[str, Any]) -> list[Sequence[str]]:
    return [
        (
            describe(cell["cell"]),
            compared["against"],
            show(cell["seconds"][compared["ours"]], MILLISECONDS),
            f"{compared['best']}: {show(cell['seconds'][compared['best']], MILLISECONDS)}",
            show(compared["by_round"]),
            f"{compared['of_medians']:.2f}",
        )
        for compared in cell["comparisons"]
    ]


def _contender_rows(cell: dict[str, Any]) -> list[Sequence[str]]:
    where = describe(cell["cell"])
    measured = [
        (where, name, *(f"{spread[key] * MILLISECONDS:.2f}" for key in ("median", "min", "max")))
        for name, spread in cell["seconds"].items()
    ]
    return measured + [
        (where, name, f"failed: {reason}", "", "") for name, reason in cell["failed"].items()
    ]
