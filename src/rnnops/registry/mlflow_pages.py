"""Descriptions of experiments and registered models on MLflow's pages.

A description is written only where there is none: what a person changes there stays.
"""

import json
import time
from collections.abc import Sequence
from typing import NamedTuple

import mlflow

from rnnops.core import layout
from rnnops.templating.environment import render
from rnnops.tracking.tags import NOTE_TAG

DECISIONS = "decisions"  # the experiment that holds the lists of decisions
KIND_TAG = "mlflow.experimentKind"
MODEL_TRAINING = "custom_model_development"  # as against GenAI: MLflow's page opens with its runs
VIEW = layout.VALIDATION
VIEW_TAG = f"mlflow.sharedViewState.{VIEW}"
VIEW_QUERY = f"viewStateShareKey={VIEW}&workflowType=machine_learning"  # of the page's address
VIEW_NAME = "Choose settings (validation split)"
RUN_NAME = "attributes.`Run Name`"
KINDS = {
    "sequence-classifier": "classifiers of sequences",  # before what it ends in
    "classifier": "text classifiers",
    "language-model": "language models",
    "forecaster": "forecasters",
}


class ExperimentPage(NamedTuple):
    """The description of an experiment, and the columns of its saved view."""

    text: str
    metrics: Sequence[str]
    params: Sequence[str]


def describe_experiment(
    client: mlflow.MlflowClient, experiment_id: str, page: ExperimentPage
) -> None:
    """Give an experiment that holds trainings its kind, its description and a saved view."""
    _set_tags(client, experiment_id, {NOTE_TAG: page.text, VIEW_TAG: _saved_view(page)})


def describe_decisions_experiment(client: mlflow.MlflowClient, experiment_id: str) -> None:
    """Give the experiment that holds the lists of decisions its kind and its description."""
    text = render("registry/templates/decisions_experiment.md.j2")
    _set_tags(client, experiment_id, {NOTE_TAG: text})


def _set_tags(client: mlflow.MlflowClient, experiment_id: str, tags: dict[str, str]) -> None:
    there = client.get_experiment(experiment_id).tags
    tags = {KIND_TAG: MODEL_TRAINING, **tags}
    for key in tags.keys() - there.keys():
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
        text = render("registry/templates/registered_model.md.j2", **_parts(name))
        client.update_registered_model(name, text)


def _parts(name: str) -> dict[str, str]:
    """The dataset and the kind of model that a registered model's name says."""
    for end, kind in KINDS.items():
        if name.endswith(f"-{end}"):
            return {"dataset": name.removesuffix(f"-{end}"), "kind": kind}
    return {"dataset": name, "kind": "models"}


def _saved_view(page: ExperimentPage) -> str:
    """A saved view of MLflow's list of runs with the page's columns."""
    columns = [f"metrics.`{key}`" for key in page.metrics]
    columns += [f"params.`{name}`" for name in page.params]
    order = [RUN_NAME, *columns]
    state = {"selectedColumns": columns, "columnOrder": order, "columnWidths": {RUN_NAME: 500}}
    now = int(time.time() * 1000)
    return json.dumps({"name": VIEW_NAME, "createdAt": now, "state": json.dumps(state)})
