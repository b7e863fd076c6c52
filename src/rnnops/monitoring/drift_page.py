"""The drift report for people: one self-contained page, and lines of text."""

from typing import Any

from rnnops.core.numbers import format_interval, format_number
from rnnops.monitoring.drift import CLASSIFIER, WORDS
from rnnops.monitoring.params import Drift
from rnnops.report.cells import Cell
from rnnops.templating.environment import render

CANNOT_TELL = "cannot tell: the messages differ in more than how many are positive"


def render_drift(report: dict[str, Any], name: str, params: Drift) -> str:
    """The page of what `compare_with_reference` gives."""
    return render(
        "monitoring/templates/drift.html.j2",
        title=f"{name}: drift",
        report=report,
        false_alarms=f"{100 * params.false_alarms:g}%",
        heads=("trait", "p, adjusted", "what differs most, reference → new"),
        rows=[
            [
                each["trait"],
                _p_value(each["p"], params),
                describe_changes(each),
            ]
            for each in report["findings"]
        ],
        estimates=describe_estimates(report),
        failed=[each["expectation"] for each in report["schema"]["results"] if not each["success"]],
    )


def describe_changes(finding: dict[str, Any], shown: int = 5) -> str:
    """The features that differ most, in words."""
    if finding["trait"] == CLASSIFIER:
        return f"AUC {format_number(finding['auc'])} of a classifier that tells new from reference"
    quote = repr if finding["trait"] == WORDS else str
    described = []
    for change in finding["changes"][:shown]:
        old, new = format_number(change["old"]), format_number(change["new"])
        described.append(f"{quote(change['feature'])} {old} → {new}")
    return ", ".join(described)


def describe_estimates(report: dict[str, Any]) -> list[str]:
    """Estimated recall and false-positive rate in words, a line each."""
    estimated = report["estimated"]
    if not estimated:
        return []
    if estimated["cannot_tell"]:
        return [f"recall and false-positive rate without labels: {CANNOT_TELL}"]
    return [
        f"estimated {name.replace('_', ' ')} of {estimated['positive']}: "
        f"{format_number(estimated[name]['value'])}, "
        f"95%: {format_interval(estimated[name]['low'], estimated[name]['high'])}"
        for name in ("recall", "false_positive_rate")
    ]


def _p_value(p: float, params: Drift) -> Cell:
    return Cell(format_number(p), mark="bad" if p <= params.false_alarms else "")
