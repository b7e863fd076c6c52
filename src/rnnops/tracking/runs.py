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

from rnnops.core import layout
from rnnops.tracking.delivery import TrainingRun
from rnnops.tracking.lineage import lineage_tags, uncommitted_diff

MODEL_TAG = "rnnops.model"
NAME_TAG = "mlflow.runName"
PARENT_TAG = "mlflow.parentRunId"
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
def training_run(experiment: str, name: str, tags: dict[str, str]) -> Iterator[TrainingRun]:
    """A new run, marked failed if the block raises."""
    run = TrainingRun(experiment, name, {ROLE_TAG: "network", **lineage_tags(), **tags})
    try:
        yield run
    except BaseException:
        run.end("FAILED")
        raise
    run.end("FINISHED")


def epoch_metrics(epoch: int, metrics: dict[str, float]) -> list[Metric]:
    """An epoch's metrics at its step: `val_…`, `train_…`, and behind `training/` all but these.

    Validation's come first: MLflow's comparison draws the metric that was logged first.

    Args:
        metrics: loss, accuracy, val_loss, val_accuracy and what else describes the epoch.
    """
    now = int(time.time() * 1000)
    ordered = sorted(metrics, key=lambda name: not name.startswith("val_"))
    return [Metric(_epoch_name(name), metrics[name], now, epoch) for name in ordered]


def gradient_flow_metrics(flow: pd.DataFrame) -> list[Metric]:
    """Each epoch's mean ‖dL/dh_t‖ as a metric of its own, its step the time t.

    To six digits, as models/rnn/gradient_flow.csv has it: a run rebuilt from there says the same.

    Args:
        flow: columns epoch, direction, time, gradient_norm.
    """
    now = int(time.time() * 1000)
    return [
        Metric(
            f"training/gradient_norm_{row.direction}/epoch_{row.epoch:02d}",
            float(f"{row.gradient_norm:.6g}"),
            now,
            row.time,
        )
        for row in flow.itertuples()
    ]


def _epoch_name(name: str) -> str:
    if name.startswith("val_"):
        return name
    return f"train_{name}" if name in ("loss", "accuracy") else f"training/{name}"


def ensure_complete(
    client: mlflow.MlflowClient, experiment_id: str, model: TrainedModel, parent: str | None = None
) -> str:
    """The id of the complete run that says just what `model` does, completed if there is none.

    Runs of trainings that gave the same model again are deleted.

    Args:
        parent: the run that a run completed now is shown under.
    """
    run_id = find_complete(client, experiment_id, model)
    if run_id is None:
        run_id = begin_completion(client, experiment_id, model)
        if parent:
            client.set_tag(run_id, PARENT_TAG, parent)
        complete(client, run_id, model)
    for repeated in _incomplete(client, experiment_id, model):
        client.delete_run(repeated)
    return run_id


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
    """The id of the run to complete: the one `train` logged to, else a new one with its history.

    What trainings could not send must have been delivered, see `delivery.deliver`.
    """
    if incomplete := _incomplete(client, experiment_id, model):
        return incomplete[0]
    run_id = client.create_run(experiment_id, run_name=model.name).info.run_id
    if model.history is not None:
        for row in model.history.to_dict("records"):
            client.log_batch(run_id, epoch_metrics(int(row.pop("epoch")), row))
    if model.gradient_flow is not None:
        client.log_batch(run_id, gradient_flow_metrics(model.gradient_flow))
    return run_id


def _incomplete(client: mlflow.MlflowClient, experiment_id: str, model: TrainedModel) -> list[str]:
    """The ids of the finished runs of trainings that gave this model and were not completed."""
    found = client.search_runs(
        [experiment_id],
        f"tags.`{MODEL_TAG}` = '{model.digest}' AND tags.`{ROLE_TAG}` = '{model.role}' "
        "AND attributes.status = 'FINISHED'",
        max_results=1000,
    )
    return [run.info.run_id for run in found if IDENTITY_TAG not in run.data.tags]


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
    if diff := uncommitted_diff():
        client.log_text(run_id, diff, "lineage/uncommitted.diff")
    client.log_inputs(run_id, [_dataset_input(model)])
    own = {NAME_TAG: model.name, ROLE_TAG: model.role, MODEL_TAG: model.digest}
    tags = {**own, **lineage_tags(), **model.tags}
    client.log_batch(run_id, tags=[RunTag(name, value) for name, value in sorted(tags.items())])
    client.set_terminated(run_id, "FINISHED")
    client.set_tag(run_id, IDENTITY_TAG, model.identity)


def _dataset_input(model: TrainedModel) -> DatasetInput:
    dataset = Dataset(
        name=model.params["data.dataset"],
        digest=model.dataset_digest[:32],
        source_type="local",
        source=json.dumps({"uri": layout.MESSAGES}),
    )
    return DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])
