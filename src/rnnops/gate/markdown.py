"""The verdict as Markdown, for terminals, model versions and pull requests."""

from rnnops.core.numbers import format_interval, format_number
from rnnops.gate.looks import MOST_LOOKS
from rnnops.gate.verdict import Check, Verdict
from rnnops.templating.environment import render


def render_verdict(verdict: Verdict | None, champion: str | None = None) -> str:
    """The verdict in bold, what it rests on, and a table of the checks, if any were made.

    Args:
        champion: the judged version's name, if it is the champion already.
    """
    return render(
        "gate/templates/verdict.md.j2",
        verdict=verdict,
        confidence=format_number(verdict.confidence) if verdict else None,
        most_looks=MOST_LOOKS,
        checks=[_cells(check) for check in verdict.checks] if verdict else [],
        champion=champion,
    )


def _cells(check: Check) -> list[str]:
    return [
        check.name,
        format_number(check.opponent_value),
        format_number(check.challenger_value),
        format_number(check.difference, "+"),
        format_interval(check.low, check.high, "+"),
        check.result,
        check.reason,
    ]
