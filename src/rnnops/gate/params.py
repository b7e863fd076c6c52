"""When a challenger replaces the champion."""

from typing import Annotated, Literal, Self

from pydantic import Field

from rnnops.catalog.params import labelled_dataset
from rnnops.core.sections import Count, Parameters, Section, Seed, Share
from rnnops.core.tasks import CLASSIFICATION, FORECAST, NEXT_WORD, SEQUENCES
from rnnops.metrics.metrics import METRICS

METRIC_NAMES = tuple(name for name, metric in METRICS.items() if metric.decides)


class LossGate(Section):
    """Of a task whose models are compared by the mean of a loss.

    Fewer than `min_rows`, or `min_clusters` of near-duplicates, in the test split are not enough to
    judge. `margin` is in units of the loss.
    """

    rule: Literal["superiority", "non_inferiority"]
    margin: float = Field(gt=0)
    confidence: float = Field(gt=0.5, lt=1)
    bootstrap_resamples: int = Field(ge=100)
    seed: Seed
    min_rows: Count
    min_clusters: Count
    no_worse_than_baseline: bool


class Gate(Section):
    """A guard rail that is None is not checked; no number of messages shows a rate of 0 or 1.

    Fewer than `min_messages`, `min_clusters` of near-duplicates or, of each label,
    `min_label_clusters` in the test split are not enough to judge.
    """

    rule: Literal["superiority", "non_inferiority"]
    metric: Literal[METRIC_NAMES]  # type: ignore[valid-type] # read from the metrics' records
    margin: float = Field(gt=0, lt=1)
    confidence: float = Field(gt=0.5, lt=1)
    bootstrap_resamples: int = Field(ge=100)
    seed: Seed
    min_messages: Count
    min_clusters: Count
    min_label_clusters: Count
    max_false_positive_rate: Annotated[float, Field(gt=0, le=1)] | None
    min_recall: Annotated[float, Field(ge=0, lt=1)] | None
    max_slice_loss: Share | None
    min_slice_messages: Count
    no_worse_than_baseline: bool

    def resolve(self, parameters: Parameters) -> Self:
        """Without the cap on false positives, if the dataset's entry has none."""
        if labelled_dataset(parameters).caps_false_positives:
            return self
        return self.model_copy(update={"max_false_positive_rate": None})


AnyGate = Gate | LossGate


def gate_of(parameters: Parameters) -> AnyGate:
    """The section `gate` of the task that the parameters are of."""
    if isinstance(parameters.named("gate"), Gate):
        return parameters[Gate]
    return parameters[LossGate]


SECTIONS = {
    CLASSIFICATION: {"gate": Gate},
    NEXT_WORD: {"gate": LossGate},
    FORECAST: {"gate": LossGate},
    SEQUENCES: {"gate": Gate},
}
