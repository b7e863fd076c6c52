"""One MLflow run a trained model: begun while it trains, completed from the files DVC keeps.

A run is found again by what it is, not by an id: tag `rnnops.model` is the digest of the trained
files, tag `rnnops.identity` that of everything the run says. A stage that DVC restored from its
cache, here or in a fresh clone, so leads to the same run, or to a new one that says the same.
"""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import mlflow
import pandas as pd
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag

from rnnops.tracking.lineage import lineage_tags

MODEL_TAG = "rnnops.model"
IDENTITY_TAG = "rnnops.identity"
ROLE_TAG = "rnnops.role"


@dataclass(frozen=True)
class TrainedModel:
    """What the run of a trained model says; `role` is network or baseline."""

    role: str
    name: str
    digest: str
    dataset_digest: str
    params: dict[str, Any]
    metrics: dict[str, float]
    tags: dict[str, str] = field(default_factory=dict)
    history: pd.DataFrame | None = None
    gradient_flow: pd.DataFrame | None = None
    artifacts: dict[str, list[str]] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """Digest of role, model, data, parameters and metrics."""
        said = [self.role, self.digest, self.dataset_digest, self.params, self.metrics]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@contextmanager
def training_run(
    client: mlflow.MlflowClient, experiment_id: str, name: str, tags: dict[str, str]
) -> Iterator[str]:
    """The id of a new run, marked failed if the block raises."""
    run = client.create_run(
        experiment_id, run_name=name, tags={ROLE_TAG: "network", **lineage_tags(), **tags}
    )
    try:
        yield run.info.run_id
    except BaseException:
        client.set_terminated(run.info.run_id, "FAILED")
        raise
    client.set_terminated(run.info.run_id, "FINISHED")


def log_epoch(
    client: mlflow.MlflowClient, run_id: str, epoch: int, metrics: dict[str, float]
) -> None:
    """Log an epoch's metrics at its step, training's under names of their own."""
    now = int(time.time() * 1000)
    client.log_batch(
        run_id,
        [Metric(_epoch_name(name), value, now, epoch) for name, value in metrics.items()],
    )


def log_gradient_flow(client: mlflow.MlflowClient, run_id: str, flow: pd.DataFrame) -> None:
    """Log each epoch's mean ‖dL/dh_t‖ as a metric of its own, its step the time t.

    Args:
        flow: columns epoch, direction, time, gradient_norm.
    """
    now = int(time.time() * 1000)
    for _, rows in flow.groupby("epoch"):
        metrics = [
            Metric(
                f"gradient_norm_{row.direction}/epoch_{row.epoch:02d}",
                row.gradient_norm,
                now,
                row.time,
            )
            for row in rows.itertuples()
        ]
        client.log_batch(run_id, metrics)


def _epoch_name(name: str) -> str:
    return name if name.startswith("val_") else f"train_{name}"


def find_complete(
    client: mlflow.MlflowClient, experiment_id: str, model: TrainedModel
) -> str | None:
    """The id of the complete run that says just what `model` does, if there is one."""
    return _newest(client, experiment_id, f"tags.`{IDENTITY_TAG}` = '{model.identity}'")


def _newest(client: mlflow.MlflowClient, experiment_id: str, wanted: str) -> str | None:
    found = client.search_runs(
        [experiment_id], wanted, order_by=["attributes.start_time DESC"], max_results=1
    )
    return found[0].info.run_id if found else None


def begin_completion(client: mlflow.MlflowClient, experiment_id: str, model: TrainedModel) -> str:
    """The id of the run to complete: the one `train` logged to, else a new one with its history."""
    wanted = f"tags.`{MODEL_TAG}` = '{model.digest}' AND tags.`{ROLE_TAG}` = '{model.role}'"
    open_runs = client.search_runs(
        [experiment_id], f"{wanted} AND attributes.status = 'FINISHED'", max_results=1000
    )
    for run in open_runs:
        if IDENTITY_TAG not in run.data.tags:
            return run.info.run_id
    run_id = client.create_run(experiment_id, run_name=model.name).info.run_id
    if model.history is not None:
        for row in model.history.to_dict("records"):
            log_epoch(client, run_id, int(row.pop("epoch")), row)
    if model.gradient_flow is not None:
        log_gradient_flow(client, run_id, model.gradient_flow)
    return run_id


def complete(client: mlflow.MlflowClient, run_id: str, model: TrainedModel) -> None:
    """Log all that `model` says to the run; its identity last, so that a cut-off is done again."""
    now = int(time.time() * 1000)
    client.log_batch(
        run_id,
        [Metric(name, value, now, 0) for name, value in sorted(model.metrics.items())],
        [Param(name, str(value)) for name, value in sorted(model.params.items())],
    )
    for folder, paths in sorted(model.artifacts.items()):
        for path in paths:
            client.log_artifact(run_id, path, folder or None)
    client.log_inputs(run_id, [_dataset_input(model)])
    tags = {ROLE_TAG: model.role, MODEL_TAG: model.digest, **lineage_tags(), **model.tags}
    client.log_batch(run_id, tags=[RunTag(name, value) for name, value in sorted(tags.items())])
    client.set_terminated(run_id, "FINISHED")
    client.set_tag(run_id, IDENTITY_TAG, model.identity)


def _dataset_input(model: TrainedModel) -> DatasetInput:
    source = "data/raw/messages.parquet"
    dataset = Dataset(
        name=model.params["data.dataset"],
        digest=model.dataset_digest[:32],
        source_type="local",
        source=json.dumps({"uri": source}),
    )
    return DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])
