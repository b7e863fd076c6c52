"""How each metric changes when messages are perturbed: after less before, with its interval."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from rnnops.core.console import progress
from rnnops.metrics.evaluation import Evaluation
from rnnops.metrics.params import EvaluateTexts
from rnnops.report.changes import Changes, Probabilities, perturbation_changes
from rnnops.report.negation import has_sentiment, measure_negation
from rnnops.report.perturbations import perturb


def measure_robustness(
    evaluation: Evaluation,
    messages: pd.DataFrame,
    label_words: Sequence[Sequence[str]],
    probabilities: Callable[[list[str]], Probabilities],
    params: EvaluateTexts,
) -> dict[str, Changes]:
    """By perturbation, `perturbation_changes` of at most `perturbed_messages` of the test split.

    For labels of sentiment there is also a key `negation`, from `measure_negation`.

    Args:
        messages: the test split, columns text and label, in the order of `evaluation`'s scores.
        label_words: for each label its most indicative words, see `indicative_words`.
        probabilities: from texts to each model's probabilities, shape (texts, labels).
    """
    random = np.random.default_rng(params.seed)
    number = min(len(messages), params.perturbed_messages)
    selected = np.sort(random.choice(len(messages), number, replace=False))
    scores = next(iter(evaluation.scores.values()))
    texts = messages["text"].iloc[selected].tolist()
    perturbed = perturb(texts, scores.actual[selected], label_words, params.seed)
    trials = [(name, trial) for name, trials in perturbed.items() for trial in trials]
    found: dict[str, list[Probabilities]] = {name: [] for name in perturbed}
    for name, trial in progress(trials, "perturbed messages", len(trials)):
        found[name].append(probabilities(trial))
    bins = params.calibration_bins
    report = {
        name: perturbation_changes(evaluation, selected, each, bins) for name, each in found.items()
    }
    if has_sentiment(scores.labels):
        report["negation"] = measure_negation(probabilities, scores.labels)
    return report
