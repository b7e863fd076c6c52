"""The network, its training, and what it runs on."""

from typing import Annotated, Literal

from pydantic import Field

from rnnops.core.sections import Count, Section, Seed
from rnnops.core.tasks import CLASSIFICATION


class Train(Section):
    sequence_length: Count
    tail_share: Annotated[float, Field(ge=0, lt=1)]
    embedding_dimension: Count
    fine_tune_embeddings: bool
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


SECTIONS = {CLASSIFICATION: {"train": Train}}
