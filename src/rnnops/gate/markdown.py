"""The verdict as Markdown, for terminals, model versions and pull requests."""

from rnnops.gate.verdict import Check, Verdict
from rnnops.metrics.measured import format_number

_OUTCOMES = {True: "pass", False: "fail", None: ""}


def verdict_table(verdict: Verdict) -> str:
    """The verdict in bold, what it rests on, and a table of the checks, if any were made."""
    lines = [f"**{_text(verdict.reason)}**", "", _basis(verdict)]
    if verdict.checks:
        heads = ("metric", verdict.opponent, "challenger", "difference", "interval")
        lines += [
            "",
            _row(*heads, "pass/fail", "reason"),
            _row("---", "---:", "---:", "---:", "---:", "---", "---"),
            *(_row(*_cells(check)) for check in verdict.checks),
        ]
    return "\n".join(lines) + "\n"


def _basis(verdict: Verdict) -> str:
    judged = f"{verdict.rows} messages in {verdict.clusters} clusters of near-duplicates"
    if verdict.opponent != "champion":
        return f"{judged}."
    return f"{judged}; {verdict.excluded} more left out because the champion was trained on them."


def _cells(check: Check) -> tuple[str, ...]:
    low, high = (format_number(end, "+") for end in (check.low, check.high))
    return (
        _text(check.name),
        format_number(check.opponent_value),
        format_number(check.challenger_value),
        format_number(check.difference, "+"),
        "" if check.low is None else f"{low} to {high}",
        _OUTCOMES[check.passed],
        _text(check.reason),
    )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _text(name: str) -> str:
    # A source's name is anybody's text: it must end no cell and no line, and be no HTML.
    escaped = name.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return " ".join(escaped.split())
