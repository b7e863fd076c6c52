"""How a message gets its label, in a sentence for the summary, the report and the model card."""

from rnnops.core.bidi import isolate


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
        f"{format_threshold(threshold)}. This is the lowest threshold with a false-positive rate "
        f"of at most {100 * max_false_positive_rate:g}% on the validation split."
    )


def format_threshold(threshold: float) -> str:
    """A threshold to four digits: many are close to 0 or to 1."""
    return f"{threshold:.4g}"
