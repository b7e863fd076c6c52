"""What the run of a trained model says, and the identity that follows from it."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from rnnops.core import layout


@dataclass(frozen=True)
class TrainedModel:
    """What the run of a trained model says; `role` is network or baseline.

    `digest`: of what was trained; `published`: of what is published of it, if it is. `data`:
    the file that `dataset_digest` is of.
    """

    role: str
    name: str
    digest: str
    dataset_digest: str
    params: dict[str, Any]
    metrics: dict[str, float]
    published: str = ""
    data: str = layout.MESSAGES
    tags: dict[str, str] = field(default_factory=dict)
    history: pd.DataFrame | None = None
    gradient_flow: pd.DataFrame | None = None
    artifacts: dict[str, list[str]] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """Digest of role, model, data, parameters and metrics."""
        model = [self.digest, self.published] if self.published else [self.digest]
        said = [self.role, *model, self.dataset_digest, self.params, self.metrics]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def lineage_files() -> list[str]:
    """The files of DVC that a run keeps, as far as they are there."""
    return [path for path in (layout.LOCK, layout.PIPELINE, layout.PARAMS) if Path(path).exists()]
