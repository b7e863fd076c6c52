"""The drift report for programs: new messages compared with those that the model was made from."""

from typing import Any

from rnnops.metrics.decision import probability_column
from rnnops.monitoring.drift import Comparison, Finding, Level, compare
from rnnops.monitoring.estimated_performance import (
    Estimate,
    HeldOut,
    are_like_before,
    estimate,
)
from rnnops.monitoring.new_messages import NewMessages
from rnnops.monitoring.params import Drift
from rnnops.monitoring.reference import Reference, read_reference
from rnnops.runtime.text_classifier import TextClassifier


def compare_with_reference(
    new: NewMessages,
    classifier: TextClassifier,
    schema: dict[str, Any],
    params: Drift,
) -> dict[str, Any]:
    """The report as JSON holds it.

    Args:
        classifier: what has answered. Without a positive label nothing is estimated.
        schema: what Great Expectations found, see `describe`.

    Raises:
        InputError: when the pipeline's results are not here.
    """
    reference = read_reference(classifier.featurizer, params.reference_messages, params.seed)
    comparison = compare(reference.traits, new.traits, params)
    positive, threshold = classifier.positive, classifier.threshold
    estimates = None
    if positive is not None and threshold is not None:
        estimates = _estimate(reference, new, positive, threshold, params)
    return _report(comparison, estimates, schema, positive)


def _estimate(
    reference: Reference, new: NewMessages, positive: str, threshold: float, params: Drift
) -> dict[str, Estimate] | None:
    """Recall and false-positive rate, None where the new messages are too different to tell."""
    column = probability_column(positive)
    held_out = HeldOut(
        reference.predictions[column].to_numpy(),
        reference.predictions["label"].to_numpy() == positive,
        reference.predictions["cluster"].to_numpy(),
    )
    probabilities = new.predictions[column].to_numpy()
    measured = reference.traits.rows(reference.held_out)
    if not are_like_before(measured, held_out, new.traits, probabilities, params):
        return None
    return estimate(held_out, probabilities, new.traits.clusters, threshold, params.seed)


def _report(
    comparison: Comparison,
    estimates: dict[str, Estimate] | None,
    schema: dict[str, Any],
    positive: str | None,
) -> dict[str, Any]:
    level, reason = comparison.level, comparison.reason
    if not schema["success"] and level == Level.NONE:
        level, reason = Level.WARNING, "messages that Great Expectations refuses"
    estimated: dict[str, Any] = {}
    if positive is not None:
        estimated = {"positive": positive, "cannot_tell": estimates is None}
        estimated |= {name: vars(each) for name, each in (estimates or {}).items()}
    return {
        "verdict": level.name.lower(),
        "reason": reason,
        "messages": comparison.messages,
        "clusters": comparison.clusters,
        "findings": [_finding(each) for each in comparison.findings],
        "estimated": estimated,
        "schema": schema,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "trait": finding.trait,
        "p": finding.p,
        "auc": finding.auc,
        "changes": [vars(change) for change in finding.changes],
    }
