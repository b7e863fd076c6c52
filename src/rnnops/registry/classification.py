"""Text classification: what its pipeline registers, and how its models are judged."""

from pathlib import Path

import mlflow
import pandas as pd
from mlflow.entities.model_registry import ModelVersion

from rnnops.core import files, layout
from rnnops.core.sections import Parameters
from rnnops.gate.params import AnyGate
from rnnops.gate.verdict import Verdict
from rnnops.metrics.metrics import METRICS
from rnnops.registry import published_model, version_documents
from rnnops.registry.judged_classifier import Champion, judge_classifier
from rnnops.registry.leaked_rows import messages_trained_on, unknown_test_rows
from rnnops.registry.mlflow_pages import VIEW_NAME, ExperimentPage
from rnnops.registry.publication import CLASSIFIER, TRAINED_ON, Publication, publish_classifier
from rnnops.registry.task import TrainedModels
from rnnops.registry.trained_models import read_baselines, read_network
from rnnops.templating.environment import render

SHOWN_PARAMS = ("features.method", "train.units", "train.dropout", "train.learning_rate")
HEADLINES = [metric for metric in METRICS.values() if metric.is_headline]


def experiment_page() -> ExperimentPage:
    """As `Task` says."""
    columns = [key for metric in HEADLINES for key in metric.keys]
    text = render(
        "registry/templates/experiment.md.j2",
        view=VIEW_NAME,
        headlines=[metric.name for metric in HEADLINES],
        means=[metric.keys[-1] for metric in HEADLINES if len(metric.keys) > 1],
    )
    return ExperimentPage(text, columns, SHOWN_PARAMS)


def read_models(params: Parameters) -> TrainedModels:
    """As `Task` says."""
    return TrainedModels(read_network(params), read_baselines(params))


def training_ids() -> pd.DataFrame:
    """As `Task` says."""
    return messages_trained_on()


def describe_publication(trained_on: Path) -> Publication:
    """As `Task` says."""
    labels = files.read_json(layout.FEATURIZER_DESCRIPTION)["labels"]
    return publish_classifier(labels, {CLASSIFIER: layout.CLASSIFIER, TRAINED_ON: trained_on})


def write_documents(
    client: mlflow.MlflowClient, found: ModelVersion, params: Parameters, verdict: Verdict
) -> None:
    """As `Task` says."""
    version_documents.write_documents(client, found, params, verdict)


def judge_challenger(params: AnyGate, folder: Path | None, look: int | None = None) -> Verdict:
    """As `Task` says."""
    rows, excluded = unknown_test_rows(folder)
    champion = None
    if folder is not None:
        rule = published_model.read_decision_rule(folder)
        champion = Champion(rule, lambda: published_model.score(folder, rows["text"].tolist()))
    return judge_classifier(params, rows, excluded, champion, look)
