"""What the featurizer learns, and how."""

from typing import Literal, Self

from pydantic import Field

from rnnops.catalog.dataset import TermParams
from rnnops.catalog.params import chosen_dataset
from rnnops.core.sections import Count, Parameters, Section, Seed
from rnnops.core.tasks import CLASSIFICATION


class Word2VecParams(Section):
    dimension: Count
    window: Count
    negative: Count
    epochs: Count
    seed: Seed


class Features(Section):
    method: Literal["bow", "tfidf", "word2vec", "hybrid"]
    vocabulary_size: int = Field(ge=10)
    min_count: Count
    terms: TermParams
    word2vec: Word2VecParams

    def resolve(self, parameters: Parameters) -> Self:
        """With the terms of the dataset's entry, if it has some."""
        own = chosen_dataset(parameters).terms
        return self.model_copy(update={"terms": own}) if own else self


SECTIONS = {CLASSIFICATION: {"features": Features}}
