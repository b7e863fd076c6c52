"""The report completed by what is known after it is written: the gate's verdict and lineage."""

from typing import Literal

from rnnops.core.numbers import format_number
from rnnops.gate.looks import MOST_LOOKS
from rnnops.gate.verdict import Check, Verdict
from rnnops.report.cells import Cell, measured_cell
from rnnops.templating.environment import render

FIRST_SECTION = "<section>"
MARKS: dict[str, Literal["", "ok", "bad"]] = {"pass": "ok", "fail": "bad", "": ""}


def add_verdict(report: str, verdict: Verdict, lineage: dict[str, str]) -> str:
    """The report with two more sections before its first: verdict and lineage.

    Args:
        report: from `render_report`.
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
        most_looks=MOST_LOOKS,
        checks=[_describe_check(check) for check in verdict.checks],
        lineage=list(lineage.items()),
    )
    return before + added + mark + rest


def _describe_check(check: Check) -> list[str | Cell]:
    return [
        Cell(check.name, check.reason),
        format_number(check.opponent_value),
        format_number(check.challenger_value),
        measured_cell(check.measured_change, sign="+"),
        Cell(check.result, mark=MARKS[check.result]),
    ]
