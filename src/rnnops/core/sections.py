"""What the parts of params.yaml have in common."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]


class Section(BaseModel):
    """Base of every part of params.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Fractions(Section):
    """Shares of the messages; a cluster of near-duplicates goes whole into one split."""

    train: float = Field(gt=0, lt=1)
    validation: float = Field(gt=0, lt=1)
    test: float = Field(gt=0, lt=1)

    @model_validator(mode="after")
    def _fractions_sum_to_one(self) -> Self:
        if abs(self.train + self.validation + self.test - 1) > 1e-9:
            raise ValueError("train, validation and test must sum to 1")
        return self


class TermParams(Section):
    """Largest n of word and of character n-grams, 0 for no characters; the rarest term kept."""

    word_ngrams: Annotated[int, Field(ge=1, le=5)]
    character_ngrams: Annotated[int, Field(ge=0, le=8)]
    min_documents: Count
    size: int = Field(ge=10)

    @model_validator(mode="after")
    def _characters_are_at_least_two(self) -> Self:
        if self.character_ngrams == 1:
            raise ValueError("character_ngrams must be 0, for none, or at least 2")
        return self
