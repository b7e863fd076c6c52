"""How thresholds are chosen and metrics measured."""

from typing import Self

from pydantic import Field

from rnnops.catalog.params import labelled_dataset
from rnnops.core.sections import Count, Parameters, Section, Seed, Share
from rnnops.core.tasks import CLASSIFICATION


class Evaluate(Section):
    """Without a `max_false_positive_rate` a message gets its most probable label."""

    max_false_positive_rate: Share | None
    bootstrap_resamples: int = Field(ge=100)
    calibration_bins: int = Field(ge=2)
    seed: Seed

    def resolve(self, parameters: Parameters) -> Self:
        """Without the cap, if the dataset's entry has no positive label or lifts it."""
        if labelled_dataset(parameters).caps_false_positives:
            return self
        return self.model_copy(update={"max_false_positive_rate": None})


class EvaluateTexts(Evaluate):
    """`perturbed_messages`: how many of the test split are changed, such as misspelt."""

    perturbed_messages: Count


SECTIONS = {CLASSIFICATION: {"evaluate": EvaluateTexts}}
