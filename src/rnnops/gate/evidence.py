"""The rows that a verdict rests on, and the verdict that they or the checks lead to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rnnops.gate.checks import least_of_a_sign_test
from rnnops.gate.looks import MOST_LOOKS, confidence_at
from rnnops.gate.params import AnyGate
from rnnops.gate.verdict import Check, Opponent, Outcome, Verdict

WORN_OUT = (
    f"{MOST_LOOKS} challengers were compared with this champion on this test split, which is worn "
    'out: take a new one ("A fresh test split" in docs/promotion.md)'
)


@dataclass(frozen=True)
class Evidence:
    """What a verdict rests on, whatever it is; other attributes are as of `Verdict`.

    Attributes:
        clusters: shape (n,), names of the rows' clusters.
    """

    clusters: np.ndarray
    opponent: Opponent
    params: AnyGate
    excluded: int
    excluded_by_challenger: int
    look: int | None
    of: str
    alike: str

    @property
    def confidence(self) -> float:
        """At which the rule is applied: a later look asks for more."""
        level = self.params.confidence
        return confidence_at(self.look, level) if self.look else level

    def find_shortage(
        self,
        min_rows: int,
        others: Mapping[str, tuple[int, int]] | None = None,
        advice: str | None = None,
    ) -> Verdict | None:
        """The verdict that there is not enough to judge, with the numbers needed; None if there is.

        From fewer clusters than a sign test needs to reach the confidence with all of them on one
        side, no difference can be shown.

        Args:
            min_rows: how many are needed.
            others: what else is counted: how many there are, and how many are needed.
            advice: what to do, by default to add rows or to enlarge the test split.
        """
        rows, clusters = len(self.clusters), len(np.unique(self.clusters))
        min_clusters = max(self.params.min_clusters, least_of_a_sign_test(self.confidence))
        if self.alike:
            counts = {
                self.of: (rows, min_rows),
                f"clusters of {self.alike}": (clusters, min_clusters),
            }
        else:
            counts = {self.of: (rows, max(min_rows, min_clusters))}
        missing = [
            f"{there} {what}, {needed} needed"
            for what, (there, needed) in {**counts, **(others or {})}.items()
            if there < needed
        ]
        if missing:
            excluded = self.excluded + self.excluded_by_challenger
            left_out = f" ({excluded} {self.of} left out: a model was trained on them)"
            text = "; ".join(missing) + left_out * bool(excluded)
            advice = advice or f"add {self.of} or raise split.test"
            return self._verdict("not enough to judge", f"{text}: {advice}")
        if self.look and self.look > MOST_LOOKS:
            return self._verdict("not enough to judge", WORN_OUT)
        return None

    def refuse(self, obstacle: str) -> Verdict:
        """The verdict on models that cannot be compared."""
        return self._verdict("refused", obstacle)

    def decide(self, primary: Check, checks: Sequence[Check]) -> Verdict:
        """Refused by the checks that failed or, if none did, passed by the primary metric."""
        broken = [f"{check.name} {check.reason}" for check in checks if check.passed is False]
        if broken:
            return self._verdict("refused", "; ".join(broken), checks)
        first = "the first champion, " if self.opponent == "baseline" else ""
        reason = f"{first}{primary.name} {primary.change} against the {self.opponent}"
        return self._verdict("passed", reason, checks)

    def _verdict(self, outcome: Outcome, reason: str, checks: Sequence[Check] = ()) -> Verdict:
        return Verdict(
            outcome,
            f"{outcome}: {reason}",
            self.opponent,
            len(self.clusters),
            len(np.unique(self.clusters)),
            self.excluded,
            tuple(checks),
            self.excluded_by_challenger,
            self.look,
            None if self.opponent == "baseline" else self.confidence,
            self.of,
            self.alike,
        )
