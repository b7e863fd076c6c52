"""The network, its training, and what it runs on."""

from typing import Annotated, Literal

from pydantic import Field

from rnnops.core.sections import Count, Section, Seed
from rnnops.core.tasks import CLASSIFICATION


class Reading(Section):
    """How much of a long sequence is read: its start and, for a share of the steps, its end."""

    sequence_length: Count
    tail_share: Annotated[float, Field(ge=0, lt=1)]


class Embedding(Section):
    embedding_dimension: Count
    fine_tune_embeddings: bool


class Recurrence(Section):
    """The layers that read in order, and their training."""

    units: Count
    layers: Annotated[int, Field(ge=1, le=8)]
    bidirectional: bool
    readout: Literal["last", "max", "mean", "max_mean"]
    dropout: float = Field(ge=0, lt=1)
    learning_rate: float = Field(gt=0, le=1)
    gradient_clip_norm: float = Field(gt=0)
    batch_size: Count
    epochs: Count
    early_stopping_patience: Count
    seed: Seed
    device: Literal["auto", "cpu", "gpu"]
    backend: Literal["tensorflow", "jax", "torch"]
    precision: Literal["float32", "mixed_bfloat16"]


class Train(Recurrence, Embedding, Reading):
    """The network that reads words; its fields are those of `Reading` first, the last base."""


SECTIONS = {CLASSIFICATION: {"train": Train}}
