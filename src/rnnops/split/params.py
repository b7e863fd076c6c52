"""How messages are split."""

from typing import Self

from pydantic import Field

from rnnops.catalog.dataset import Fractions
from rnnops.catalog.params import labelled_dataset
from rnnops.core.sections import Parameters, Seed
from rnnops.core.tasks import CLASSIFICATION, NEXT_WORD, SEQUENCES

# 312 bands. At 0.2 it would be 1,061, which take some 120 KB of memory a message.
LEAST_SIMILARITY = 0.3


class Split(Fractions):
    """The near-duplicate threshold is a Jaccard similarity; the seed is the hash's."""

    near_duplicate_similarity: float = Field(ge=LEAST_SIMILARITY, le=1)
    seed: Seed

    def resolve(self, parameters: Parameters) -> Self:
        """With the fractions of the dataset's entry, if it has some."""
        own = labelled_dataset(parameters).split
        return self.model_copy(update=own.model_dump()) if own else self


def seed_of_split(parameters: Parameters) -> int:
    """The seed that the test split follows from; 0 for a task that splits by time."""
    return parameters[Split].seed if parameters.task in SECTIONS else 0


SECTIONS = {task: {"split": Split} for task in (CLASSIFICATION, NEXT_WORD, SEQUENCES)}
