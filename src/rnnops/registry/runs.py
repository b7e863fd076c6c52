"""One complete MLflow run a trained model, filled from the files that DVC keeps.

A run is found again by what it is, not by an id: the tag `rnnops.model` is the digest of the
trained files, `rnnops.identity` that of all that the run says. So a stage that DVC restored from
its cache, here or in a fresh clone, leads to the same run, or to a new one with the same content.
"""

import json
import time

import mlflow
import pandas as pd
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag

from rnnops.core import layout
from rnnops.registry.trained_model import TrainedModel
from rnnops.tracking.lineage_tags import lineage_tags, uncommitted_diff
from rnnops.tracking.live_run import epoch_metrics, gradient_flow_metrics
from rnnops.tracking.tags import IDENTITY_TAG, MODEL_TAG, NAME_TAG, PARENT_TAG, ROLE_TAG


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

    What trainings could not send must have been delivered before, see `outbox.deliver`.
    """
    if incomplete := _incomplete(client, experiment_id, model):
        return incomplete[0]
    run_id = client.create_run(experiment_id, run_name=model.name).info.run_id
    if model.history is not None:
        for row in model.history.to_dict("records"):
            metrics = {
                str(name): value
                for name, value in row.items()
                if name != "epoch" and not pd.isna(value)
            }
            client.log_batch(run_id, epoch_metrics(int(row["epoch"]), metrics))
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
        client.log_text(run_id, diff, layout.UNCOMMITTED_DIFF)
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
        source=json.dumps({"uri": model.data}),
    )
    return DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])
