"""What the run of a trained model says, and the identity that follows from it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from rnnops.core import files, layout
from rnnops.registry.split_reads import digest_test_split
from rnnops.tracking.tags import BEST_BASELINE_TAG, TEST_SPLIT_TAG

REPORTS = [layout.INGEST_REPORT, layout.VALIDATION_REPORT, layout.SPLIT_REPORT]


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


def describe_network(
    name: str,
    params: dict[str, Any],
    metrics: dict[str, float],
    tags: Mapping[str, str],
    published: str,
    *,
    data: str = layout.MESSAGES,
    gradient_flow: pd.DataFrame | None = None,
) -> TrainedModel:
    """What the run of the pipeline's network says, from models/rnn and the evaluation's files.

    Args:
        name: the run's.
        params: that the run logs.
        tags: of the run, besides the test split's.
        published: the folder of what is published.
        data: the file that the splits are made from.
    """
    return TrainedModel(
        role="network",
        name=name,
        digest=files.digest(layout.NETWORK),
        published=files.digest(published),
        data=data,
        dataset_digest=files.digest(data),
        params=params,
        metrics=metrics,
        tags={**tags, TEST_SPLIT_TAG: digest_test_split()},
        history=pd.read_csv(layout.HISTORY),
        gradient_flow=gradient_flow,
        artifacts={
            "": [layout.REPORT, layout.RESULTS, layout.PREDICTIONS],
            "figures": sorted(str(path) for path in Path(layout.PLOTS).glob("*.png")),
            layout.LINEAGE_ARTIFACTS: _lineage_files(),
            "reports": REPORTS,
        },
    )


def describe_baseline(
    model: str,
    name: str,
    params: dict[str, Any],
    metrics: dict[str, float],
    tags: Mapping[str, str],
    *,
    is_best: bool,
    data: str = layout.MESSAGES,
) -> TrainedModel:
    """What the run of a model in models/baseline says.

    Args:
        model: its name there.
        name, params, metrics, data: as for `describe_network`.
        tags: of the run, besides the one that says whether it is the best baseline.
    """
    return TrainedModel(
        role="baseline",
        name=name,
        digest=files.digest(f"{layout.BASELINE}/{model}"),
        data=data,
        dataset_digest=files.digest(data),
        params=params,
        metrics=metrics,
        tags={**tags, BEST_BASELINE_TAG: str(is_best).lower()},
        artifacts={"": [layout.RESULTS], layout.LINEAGE_ARTIFACTS: _lineage_files()},
    )


def _lineage_files() -> list[str]:
    """The files of DVC that a run keeps, as far as they are there."""
    return [path for path in (layout.LOCK, layout.PIPELINE, layout.PARAMS) if Path(path).exists()]


def metrics_by_split(
    metrics: Mapping[str, Mapping[str, Mapping[str, Any]]], model: str, prefix: str = ""
) -> dict[str, float]:
    """A run's metrics by name: those of the validation split, plain, and all by split.

    `test/x` stands beside `test/x_low` and `test/x_high`, the ends of its interval; what is
    undefined is left out.

    Args:
        metrics: by split, model and metric, with `value`, `low` and `high`.
        prefix: before the names of the metrics.
    """
    plain = metrics[layout.VALIDATION][model].items()
    found = {f"{prefix}{name}": each["value"] for name, each in plain}
    for split in (layout.VALIDATION, layout.TEST):
        for name, each in metrics[split][model].items():
            for end, key in {"": "value", "_low": "low", "_high": "high"}.items():
                found[f"{split}/{prefix}{name}{end}"] = each[key]
    return {name: value for name, value in found.items() if value is not None}
