"""How sequences of numbers are classified: by the network, and by what stands beside it."""

from typing import Literal

from pydantic import BaseModel, Field

from rnnops.catalog.params import Data
from rnnops.core.sections import Count, Section
from rnnops.core.tasks import SEQUENCES
from rnnops.metrics.params import Evaluate
from rnnops.recurrent.params import Reading, Recurrence
from rnnops.sequences.datasets import SequenceDatasets


class SequenceBaselines(Section):
    """`steps`: of a sequence that is flattened to a vector; others are interpolated to as many.

    `regularization` is the C of logistic regression.
    """

    models: list[Literal["nearest_neighbour", "logistic_regression", "channel_statistics"]] = Field(
        min_length=1
    )
    steps: Count
    regularization: float = Field(gt=0)


class SequenceTraining(Recurrence, Reading):
    """The network that reads numbers."""


SECTIONS: dict[str, dict[str, type[BaseModel]]] = {
    SEQUENCES: {
        "data": Data,
        "datasets": SequenceDatasets,
        "baseline": SequenceBaselines,
        "train": SequenceTraining,
        "evaluate": Evaluate,
    }
}
