"""The verdict as Markdown, for terminals, model versions and pull requests."""

from rnnops.gate.verdict import Check, Verdict
from rnnops.metrics.measured import format_number
from rnnops.templating.environment import render

_RESULTS = {True: "pass", False: "fail", None: ""}


def render_verdict(verdict: Verdict | None, champion: str | None = None) -> str:
    """The verdict in bold, what it rests on, and a table of the checks, if any were made.

    Args:
        champion: the judged version's name, if it is the champion already.
    """
    return render(
        "gate/templates/verdict.md.j2",
        verdict=verdict,
        checks=[_cells(check) for check in verdict.checks] if verdict else [],
        champion=champion,
    )


def _cells(check: Check) -> list[str]:
    low, high = (format_number(end, "+") for end in (check.low, check.high))
    return [
        check.name,
        format_number(check.opponent_value),
        format_number(check.challenger_value),
        format_number(check.difference, "+"),
        "" if check.low is None else f"{low} to {high}",
        _RESULTS[check.passed],
        check.reason,
    ]
