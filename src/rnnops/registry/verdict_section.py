"""What is known only after the report is written, put into it: the gate's verdict, the lineage."""

from html import escape
from typing import Any

from rnnops.metrics.measured import format_number
from rnnops.report.html import section, table

FIRST_SECTION = "<section>"
OUTCOMES = {True: '<span class="ok">pass</span>', False: '<span class="bad">fail</span>', None: ""}


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
    added = [
        section("Verdict of the gate", _verdict(verdict)),
        section("Lineage", _lineage(lineage)),
    ]
    return before + "\n".join(added) + "\n" + mark + rest


def _verdict(verdict: dict[str, Any]) -> str:
    outcome = "ok" if verdict["passed"] else "bad"
    left_out = (
        f"; {verdict['excluded']:,} more left out because the champion was trained on them"
        if verdict["opponent"] == "champion"
        else ""
    )
    paragraphs = (
        f'<p class="{outcome}">{escape(verdict["reason"])}</p>\n'
        f"<p>Judged against the {escape(verdict['opponent'])} on {verdict['rows']:,} messages in "
        f"{verdict['clusters']:,} clusters of near-duplicates{left_out}.</p>\n"
    )
    if not verdict["checks"]:
        return paragraphs
    heads = ["Check", escape(verdict["opponent"].capitalize()), "Challenger", "Difference", ""]
    return paragraphs + table(heads, [_check(check) for check in verdict["checks"]])


def _check(check: dict[str, Any]) -> list[str]:
    difference = format_number(check["difference"], "+")
    if check["low"] is not None:
        low, high = (format_number(check[end], "+") for end in ("low", "high"))
        difference += f"<small>{low} to {high}</small>"
    return [
        f"{escape(check['name'])}<small>{escape(check['reason'])}</small>",
        format_number(check["opponent_value"]),
        format_number(check["challenger_value"]),
        difference,
        OUTCOMES[check["passed"]],
    ]


def _lineage(lineage: dict[str, str]) -> str:
    rows = [[escape(name), escape(value)] for name, value in lineage.items()]
    return table(["Name", "Value"], rows)
