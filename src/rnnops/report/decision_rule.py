"""How a message gets its label, in a sentence for the summary, the report and the model card."""

from typing import Any

from rnnops.core import layout
from rnnops.core.bidi import isolate
from rnnops.metrics.threshold import negatives_needed


def describe_decision_rule(
    positive: str | None, threshold: float | None, max_false_positive_rate: float | None
) -> str:
    """The rule by which probabilities become a label.

    Args:
        positive: the label whose false positives count; None when every label counts the same.
        threshold: of its probability.
        max_false_positive_rate: the cap under which the threshold was chosen, None without one.
    """
    if positive is None or threshold is None:
        return (
            "A message gets its most probable label; every label counts the same. Set "
            "`positive: LABEL` in the dataset's entry to cap that label's false positives."
        )
    positive = isolate(positive)
    if max_false_positive_rate is None:
        return f"A message gets its most probable label. The metrics are those of {positive}."
    return (
        f"A message is classified as {positive} when its probability of {positive} is greater than "
        f"{format_threshold(threshold)}. By the validation split this is the lowest threshold "
        "with an expected false-positive rate on new messages of at most "
        f"{100 * max_false_positive_rate:g}%."
    )


def describe_shortage(
    positive: str | None, max_false_positive_rate: float | None, split: dict[str, Any]
) -> str:
    """What is missing for a threshold to keep the cap; empty if nothing is.

    Args:
        split: the content of reports/split.json.
    """
    if positive is None or max_false_positive_rate is None:
        return ""
    labels = split["splits"][layout.VALIDATION]["labels"]
    negatives = sum(messages for label, messages in labels.items() if label != positive)
    strictest = 1 / (negatives + 1)
    if strictest <= max_false_positive_rate:
        return ""
    needed = (
        f"the cap of {100 * max_false_positive_rate:g}% needs "
        f"{negatives_needed(max_false_positive_rate):,}"
        if max_false_positive_rate
        else "no number of them keeps a cap of 0"
    )
    return (
        f"The validation split has {negatives:,} messages that are not {isolate(positive)}, "
        f"{needed}: with the strictest threshold an expected false-positive rate of "
        f"{100 * strictest:.2g}% remains."
    )


def format_threshold(threshold: float) -> str:
    """A threshold to four digits: many are close to 0 or to 1."""
    return f"{threshold:.4g}"
