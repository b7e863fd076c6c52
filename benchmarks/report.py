"""Results as Markdown, printed and written; the numbers themselves as JSON."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rnnops.templating.environment import markdown_environment

RESULTS = Path(__file__).parent / "results"
TEMPLATES = Path(__file__).parent / "templates"
MILLISECONDS = 1000
COMPARISON_HEADS = (
    "",
    "against",
    "ours, ms",
    "best of the others, ms",
    "times as fast",
    "of medians",
)
BATCHING_HEADS = ("layer", "batches", "best", "ms", "ours, times as fast")
TARGET_HEADS = ("target", "at least", "measured", "met")


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


def section(result: dict[str, Any]) -> str:
    """A benchmark's comparisons, targets and contenders, under its title, as Markdown.

    Args:
        result: `title`, `measured` (in words), `machine` (see `machine.py`), `cells` (see
            `summary.py`), `targets` (see `target`) and perhaps `batching` (see
            `summary.times_by_batching`).
    """
    cells = result["cells"]
    page = markdown_environment(TEMPLATES).get_template("section.md.j2")
    return page.render(
        title=result["title"],
        measured=result["measured"],
        machine=describe(result["machine"]),
        comparison_heads=COMPARISON_HEADS,
        batching_heads=BATCHING_HEADS,
        target_heads=TARGET_HEADS,
        comparisons=[row for cell in cells for row in comparison_rows(cell)],
        targets=target_rows(result["targets"]),
        batching=batching_rows(result.get("batching", {})),
        contenders=[row for cell in cells for row in _contender_rows(cell)],
    ).rstrip("\n")


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


def describe(settings: dict[str, Any]) -> str:
    """Settings in a line: `batch 64, steps 200`."""
    return ", ".join(f"{name} {value}" for name, value in settings.items())


def show(spread: dict[str, float], scale: float = 1, digits: int = 2) -> str:
    """`median [min–max]`."""
    median, low, high = (f"{spread[key] * scale:.{digits}f}" for key in ("median", "min", "max"))
    return f"{median} [{low}–{high}]"


def target_rows(targets: Sequence[dict[str, Any]]) -> list[Sequence[str]]:
    """Rows under `TARGET_HEADS`, of what `target` returns."""
    return [
        (
            one["target"],
            f"{one['wanted']:.2f}",
            "not measured" if one["measured"] is None else show(one["measured"]),
            "yes" if one["met"] else "no",
        )
        for one in targets
    ]


def comparison_rows(cell: dict[str, Any]) -> list[Sequence[str]]:
    """Rows under `COMPARISON_HEADS`, of what `summary.summarize` returns."""
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


def batching_rows(batching: dict[str, Any]) -> list[Sequence[str]]:
    """Rows under `BATCHING_HEADS`, of what `summary.times_by_batching` returns."""
    rows = []
    for layer, kinds in batching.items():
        for kind, found in kinds.items():
            if found is None:
                rows.append((layer, kind, "not measured", "", ""))
            else:
                ratio = found["ours_as_fast"]
                seconds = show(found["seconds"], MILLISECONDS, 0)
                rows.append((layer, kind, found["best"], seconds, show(ratio) if ratio else ""))
    return rows


def _contender_rows(cell: dict[str, Any]) -> list[Sequence[str]]:
    where = describe(cell["cell"])
    prepared = cell.get("preparation", {})  # which older results do not have
    measured = [
        (
            where,
            name,
            *(f"{spread[key] * MILLISECONDS:.2f}" for key in ("median", "min", "max")),
            f"{prepared[name]:.0f}" if name in prepared else "",
        )
        for name, spread in cell["seconds"].items()
    ]
    return measured + [
        (where, name, f"not measured: {reason}", "", "", "")
        for name, reason in cell["failed"].items()
    ]
