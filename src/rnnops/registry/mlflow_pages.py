"""Descriptions of experiments and registered models on MLflow's pages.

A description is written only where there is none: what a person changes there stays.
"""

import json
import time

import mlflow

from rnnops.core import layout
from rnnops.metrics.metrics import METRICS
from rnnops.templating.environment import render
from rnnops.tracking.tags import NOTE_TAG

DECISIONS = "decisions"  # the experiment that holds the lists of decisions
KIND_TAG = "mlflow.experimentKind"
MODEL_TRAINING = "custom_model_development"  # as against GenAI: MLflow's page opens with its runs
VIEW = layout.VALIDATION
VIEW_TAG = f"mlflow.sharedViewState.{VIEW}"
VIEW_QUERY = f"viewStateShareKey={VIEW}&workflowType=machine_learning"  # of the page's address
VIEW_NAME = "Choose settings (validation split)"
SHOWN_PARAMS = ("features.method", "train.units", "train.dropout", "train.learning_rate")
HEADLINES = [metric for metric in METRICS.values() if metric.is_headline]
RUN_NAME = "attributes.`Run Name`"


def describe_experiment(client: mlflow.MlflowClient, experiment_id: str) -> None:
    """Give the experiment its kind, its description and, if it holds trainings, a saved view."""
    experiment = client.get_experiment(experiment_id)
    tags = {KIND_TAG: MODEL_TRAINING}
    if experiment.name == DECISIONS:
        tags |= {NOTE_TAG: render("registry/templates/decisions_experiment.md.j2")}
    else:
        text = render(
            "registry/templates/experiment.md.j2",
            view=VIEW_NAME,
            headlines=[metric.name for metric in HEADLINES],
            means=[metric.keys[-1] for metric in HEADLINES if len(metric.keys) > 1],
        )
        tags |= {NOTE_TAG: text, VIEW_TAG: _saved_view()}
    for key in tags.keys() - experiment.tags.keys():
        client.set_experiment_tag(experiment_id, key, tags[key])


def describe_decisions(client: mlflow.MlflowClient, run_id: str, name: str) -> None:
    """Give the registered model `name` and the run with its decisions their descriptions.

    The run is marked as finished: nothing runs.
    """
    run = client.get_run(run_id)
    if NOTE_TAG not in run.data.tags:
        text = render("registry/templates/decisions_run.md.j2", name=name)
        client.set_tag(run_id, NOTE_TAG, text)
    if run.info.status != "FINISHED":
        client.set_terminated(run_id, "FINISHED")
    if not client.get_registered_model(name).description:
        dataset = name.removesuffix("-classifier")
        text = render("registry/templates/registered_model.md.j2", dataset=dataset)
        client.update_registered_model(name, text)


def _saved_view() -> str:
    """A saved view of MLflow's list of runs whose columns are the headline metrics."""
    columns = [f"metrics.`{key}`" for metric in HEADLINES for key in metric.keys]
    columns += [f"params.`{name}`" for name in SHOWN_PARAMS]
    order = [RUN_NAME, *columns]
    state = {"selectedColumns": columns, "columnOrder": order, "columnWidths": {RUN_NAME: 500}}
    now = int(time.time() * 1000)
    return json.dumps({"name": VIEW_NAME, "createdAt": now, "state": json.dumps(state)})
