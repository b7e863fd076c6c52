"""reports/results.json: every metric with its interval, by split, model and metric.

`Results` alone writes and reads it. reports/metrics.json, for `dvc metrics`, holds
the few of them that settings are chosen by.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from rnnops.core import layout
from rnnops.core.numbers import format_number
from rnnops.core.results_file import ResultsFile
from rnnops.metrics.evaluation import BASELINE, HALVES, NETWORK, Evaluation
from rnnops.metrics.measured import Measured
from rnnops.metrics.metrics import headlines, keys_of, metric_of
from rnnops.metrics.params import Evaluate

SPLITS = (layout.VALIDATION, layout.TEST)
COMPARED = (
    "accuracy",
    "one_minus_auc_percent",
    "recall_at_0_5_percent_fpr",
    "recall_at_0_1_percent_fpr",
    "log_loss",
)
COMPARED_ALIKE = ("accuracy", "f1", "one_minus_auc_percent", "log_loss")  # labels count the same

Metrics = dict[str, dict[str, Any]]  # by key, what `Measured.to_json` gives


@dataclass(frozen=True)
class Results(ResultsFile):
    """What the models are measured to be.

    Models are `network`, with hybrid features its halves `recurrent` and `linear` alone, and every
    baseline by its name. `best_baseline` is the one with the lowest validation log loss.
    `thresholds`: by model, chosen under the cap `max_false_positive_rate`; None where the most
    probable label is taken. `difference`: by split, network less best baseline, paired.
    `cross_fitted`: of a hybrid network on the validation split, see `cross_fitted_metrics`.
    """

    dataset: str
    labels: list[str]
    positive: str | None
    max_false_positive_rate: float | None
    best_baseline: str
    thresholds: dict[str, float | None]
    metrics: dict[str, dict[str, Metrics]]  # by split and model
    difference: dict[str, Metrics]
    cross_fitted: Metrics = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        evaluations: Mapping[str, Evaluation],
        best_baseline: str,
        dataset: str,
        params: Evaluate,
        cross_fitted: Mapping[str, Measured],
    ) -> Self:
        """The results of evaluations, by split, of all models."""
        test = evaluations[layout.TEST]
        scores = test.scores[NETWORK]
        return cls(
            dataset=dataset,
            labels=list(scores.labels),
            positive=scores.positive,
            max_false_positive_rate=params.max_false_positive_rate,
            best_baseline=best_baseline,
            thresholds=test.thresholds,
            metrics={
                split: {model: _to_json(found) for model, found in evaluation.metrics.items()}
                for split, evaluation in evaluations.items()
            },
            difference={
                split: _to_json(evaluation.difference(NETWORK, best_baseline))
                for split, evaluation in evaluations.items()
            },
            cross_fitted=_to_json(cross_fitted),
        )

    @property
    def baselines(self) -> list[str]:
        """The names of the baselines, the best first."""
        names = sorted(self.thresholds.keys() - {NETWORK, *HALVES})
        return sorted(names, key=lambda name: name != self.best_baseline)

    @property
    def classifiers(self) -> dict[str, str]:
        """What people call each model: the network, its halves, the baselines, the best first."""
        halves = {half: shown for half, shown in HALVES.items() if half in self.thresholds}
        baselines = {name: name.replace("_", " ") for name in self.baselines}
        return {NETWORK: NETWORK, **halves, **baselines}

    @property
    def compared(self) -> list[str]:
        """The keys of the metrics that a table of all models shows."""
        return keys_of(COMPARED if self.positive else COMPARED_ALIKE, self.positive)

    def headlines(self, model: str) -> dict[str, float | None]:
        """The model's metrics on the validation split that settings are chosen by."""
        measured = self.metrics[layout.VALIDATION][model]
        return {key: measured[key]["value"] for key in headlines(measured)}

    def describe(self) -> str:
        """The network on the validation split, in words."""
        found = self.headlines(NETWORK)
        return (
            f"network accuracy {format_number(found['accuracy'])}, "
            f"log loss {format_number(found['log_loss'])} on the validation split"
        )

    def describe_optimism(self) -> str:
        """By how much the validation split flatters the network that was chosen on it, in words."""
        found = [("there", self.metrics[layout.VALIDATION][NETWORK])]
        chosen = "epoch and thresholds"
        if self.cross_fitted:
            chosen = "epoch, exponents and thresholds"
            found.append(("with exponents fitted on other clusters", self.cross_fitted))
        found.append(("on the test split", self.metrics[layout.TEST][NETWORK]))
        sentences = []
        for key in keys_of(("one_minus_auc_percent", "log_loss"), self.positive):
            metric = metric_of(key)
            numbers = (
                f"{format_number(each[key]['value'], decimals=metric.decimals)} {where}"
                for where, each in found
            )
            sentences.append(f"{metric.title} is {', '.join(numbers)}.")
        return (
            f"The validation split flatters: {chosen} are chosen on it. {' '.join(sentences)} "
            "The choice of the epoch stays in each of the figures on it."
        )

    def headline_report(self) -> dict[str, dict[str, float | None]]:
        """The content of reports/metrics.json: the headlines of the network and the baseline."""
        return {NETWORK: self.headlines(NETWORK), BASELINE: self.headlines(self.best_baseline)}

    def network_against_baseline(self, split: str) -> dict[str, Metrics]:
        """The metrics of `network`, `baseline` (the best one) and their `difference`."""
        measured = self.metrics[split]
        return {
            NETWORK: measured[NETWORK],
            BASELINE: measured[self.best_baseline],
            "difference": self.difference[split],
        }


def _to_json(measured: Mapping[str, Measured]) -> Metrics:
    return {key: each.to_json() for key, each in measured.items()}
