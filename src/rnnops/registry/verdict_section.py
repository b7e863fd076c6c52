"""The report completed by what is known after it is written: the gate's verdict and lineage."""

from typing import Any

from rnnops.metrics.measured import format_number
from rnnops.report.cells import Cell, measured_cell
from rnnops.templating.environment import render

FIRST_SECTION = "<section>"
RESULTS: dict[bool | None, str | Cell] = {
    True: Cell("pass", mark="ok"),
    False: Cell("fail", mark="bad"),
    None: "",
}


def with_verdict(report: str, verdict: dict[str, Any], lineage: dict[str, str]) -> str:
    """The report with two more sections before its first: verdict and lineage.

    Args:
        report: from `render_report`.
        verdict: passed, reason, opponent, rows, clusters, excluded, and checks, each with name,
            opponent_value, challenger_value, difference, low, high, passed and reason.
        lineage: values by name, in the order to show them.

    Raises:
        ValueError: if the report has no section.
    """
    # Every text is escaped: the first tag that reads so is the first section's.
    before, mark, rest = report.partition(FIRST_SECTION)
    if not mark:
        raise ValueError("the report has no section to put the verdict before")
    added = render(
        "registry/templates/verdict_sections.html.j2",
        verdict=verdict,
        checks=[_check(check) for check in verdict["checks"]],
        lineage=list(lineage.items()),
    )
    return before + added + mark + rest


def _check(check: dict[str, Any]) -> list[str | Cell]:
    difference = {"value": check["difference"], "low": check["low"], "high": check["high"]}
    return [
        Cell(check["name"], check["reason"]),
        format_number(check["opponent_value"]),
        format_number(check["challenger_value"]),
        measured_cell(difference, sign="+"),
        RESULTS[check["passed"]],
    ]
