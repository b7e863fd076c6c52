"""The parameters of language models: vocabulary, n-grams, the network, how they are measured."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rnnops.core.sections import Count, Section, Seed, Share
from rnnops.core.tasks import NEXT_WORD


class LanguageFeatures(Section):
    """The size of the vocabulary, the end of a sentence and the unknown word among it."""

    vocabulary_size: int = Field(ge=10)


class NgramOrders(Section):
    """The numbers of words in the longest n-grams of each model; 1 is the unigram."""

    orders: list[Annotated[int, Field(ge=1, le=10)]] = Field(min_length=1)


class EvaluateNextWord(Section):
    """How models are measured.

    Attributes:
        accuracy_words: of the test split, those that accuracies are measured on: so many or a few
            more, in whole documents, drawn at random. It takes a hundred times as long as bits.
        passage_words: how many words of a test document the report shows.
    """

    bootstrap_resamples: int = Field(ge=100)
    accuracy_words: Count
    passage_words: Count
    seed: Seed


class NextWord(Section):
    """The network and its training.

    Attributes:
        tied: the softmax has the embedding's vectors, and so as many numbers a word as the network
            has units.
        dropout: of the word vectors, between layers and before the softmax.
        sampled_words: over how many drawn words the softmax is trained; None for all.
        steps: that backpropagation goes back.
        rows: streams read side by side; a batch is `rows` times `steps` words.
        gradient_clip_norm: of the gradients of all weights together.
        precision: `mixed_bfloat16` rounds the factors of the softmax' products, where most of the
            time goes; all else is in float32.
    """

    embedding_dimension: Count
    tied: bool
    sampled_words: Count | None
    units: Count
    layers: int = Field(ge=1, le=8)
    dropout: Share = Field(lt=1)
    steps: Count
    rows: Count
    epochs: Count
    learning_rate: float = Field(gt=0, le=1)
    gradient_clip_norm: float = Field(gt=0)
    early_stopping_patience: Count
    seed: Seed
    device: Literal["auto", "cpu", "gpu"]
    backend: Literal["tensorflow", "jax", "torch"]
    precision: Literal["float32", "mixed_bfloat16"]

    @model_validator(mode="after")
    def _tied_vectors_have_one_length(self) -> Self:
        if self.tied and self.embedding_dimension != self.units:
            raise ValueError(
                f"tied needs an embedding_dimension of as many as units, {self.units}, not "
                f"{self.embedding_dimension}: make them equal, or set tied to false"
            )
        return self


SECTIONS: dict[str, dict[str, type[Section]]] = {
    NEXT_WORD: {
        "features": LanguageFeatures,
        "baseline": NgramOrders,
        "train": NextWord,
        "evaluate": EvaluateNextWord,
    }
}
