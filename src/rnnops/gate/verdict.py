"""The gate's verdict: its outcome, the reason in one line, and the checks behind it."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from rnnops.metrics.measured import format_measured

Opponent = Literal["champion", "baseline"]
Outcome = Literal["passed", "refused", "not enough to judge"]


@dataclass(frozen=True)
class Check:
    """One comparison of the models; what is undefined is None.

    `difference` is the challenger's value less the opponent's, `low` and `high` its paired
    interval. `passed` is None when the check is shown for information and decides nothing.
    """

    name: str
    opponent_value: float | None
    challenger_value: float | None
    difference: float | None
    low: float | None = None
    high: float | None = None
    passed: bool | None = None
    reason: str = "for information"

    @property
    def change(self) -> str:
        """The difference and its interval, for people: +0.0021 [+0.0004, +0.0040]."""
        return format_measured(self.measured_change, "+")

    @property
    def measured_change(self) -> dict[str, Any]:
        """The difference and its interval, as `Measured.to_json` gives them."""
        return {"value": self.difference, "low": self.low, "high": self.high}

    @property
    def result(self) -> Literal["pass", "fail", ""]:
        """Whether the check passed; empty where it decides nothing."""
        if self.passed is None:
            return ""
        return "pass" if self.passed else "fail"


@dataclass(frozen=True)
class Verdict:
    """Whether the challenger may replace the champion or, without one, become the first.

    It rests on `rows` in `clusters`. `excluded` more were left out because the champion was trained
    on them or their like, and `excluded_by_challenger` others because the challenger was. It is the
    `look`-th verdict on a challenger of this champion on this test split; the rule was applied at
    `confidence`. `of`: what the rows are, in the plural; `alike`: what those of a cluster are to
    each other, empty where each row is by itself.
    """

    outcome: Outcome
    reason: str
    opponent: Opponent
    rows: int
    clusters: int
    excluded: int
    checks: tuple[Check, ...] = ()
    excluded_by_challenger: int = 0
    look: int | None = None
    confidence: float | None = None
    of: str = "messages"
    alike: str = "near-duplicates"

    @property
    def basis(self) -> str:
        """What it rests on and what was left out, in words."""
        text = f"{self.rows:,} {self.of}"
        if self.alike:
            text += f" in {self.clusters:,} clusters of {self.alike}"
        if self.opponent == "champion":
            text += f"; {self.excluded:,} more left out because the champion was trained on them"
            text += f" or on {self.alike}" if self.alike else ""
        if self.excluded_by_challenger:
            text += f"; {self.excluded_by_challenger:,} more because the challenger was"
        return text

    @property
    def passed(self) -> bool:
        """Whether the challenger may be promoted."""
        return self.outcome == "passed"

    def to_dict(self) -> dict[str, Any]:
        """The same for JSON, without NaN or infinity, with `passed`."""
        checks = [asdict(check) for check in self.checks]
        return {"passed": self.passed, **asdict(self), "checks": checks}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Self:
        """Read what `to_dict` gave; verdicts of earlier releases have no `outcome`."""
        passed, rest = content["passed"], {k: v for k, v in content.items() if k != "passed"}
        checks = tuple(Check(**check) for check in rest.pop("checks"))
        outcome = rest.pop("outcome", "passed" if passed else "refused")
        return cls(outcome, **rest, checks=checks)
