"""Text classification: what its pipeline registers, and how its models are judged."""

from pathlib import Path

import mlflow
import pandas as pd
from mlflow.entities.model_registry import ModelVersion

from rnnops.core import files, layout
from rnnops.core.sections import Parameters
from rnnops.gate.judge import judge
from rnnops.gate.params import AnyGate, Gate
from rnnops.gate.verdict import Outcome, Verdict
from rnnops.metrics.evaluation import NETWORK, prefix
from rnnops.metrics.metrics import METRICS
from rnnops.metrics.scores import Scores
from rnnops.registry import published_model, version_documents
from rnnops.registry.leaked_rows import messages_trained_on, unknown_test_rows
from rnnops.registry.mlflow_pages import VIEW_NAME, ExperimentPage
from rnnops.registry.publication import CLASSIFIER, TRAINED_ON, Publication, publish_classifier
from rnnops.registry.task import TrainedModels
from rnnops.registry.trained_models import read_baselines, read_network
from rnnops.report.results import Results
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
    """The verdict on the pipeline's network against the champion in `folder`, None without one.

    Messages that either model was trained on, and their near-duplicates, are left out and counted.

    Args:
        look: as for `judge`.
    """
    if not isinstance(params, Gate):
        raise TypeError(f"{type(params).__name__} is no gate of classifiers")
    results = Results.read()
    rows, excluded = unknown_test_rows(folder)
    if folder is not None:
        champion_labels = published_model.read_decision_rule(folder)["labels"]
        if obstacle := _obstacle(rows, results.labels, champion_labels):
            outcome, reason = obstacle
            counts = len(rows), rows["cluster"].nunique(), excluded[0]
            return Verdict(
                outcome,
                f"{outcome}: {reason}",
                "champion",
                *counts,
                excluded_by_challenger=excluded[1],
            )

    def scores_of(model: str) -> Scores:
        threshold = results.thresholds[model]
        return Scores.from_frame(rows, results.labels, results.positive, threshold, prefix(model))

    return judge(
        scores_of(NETWORK),
        None if folder is None else _score_champion(folder, rows),
        scores_of(results.best_baseline),
        rows["cluster"].to_numpy(),
        rows["source"].to_numpy(),
        params,
        excluded=excluded[0],
        excluded_by_challenger=excluded[1],
        look=look,
    )


def _obstacle(
    rows: pd.DataFrame, labels: list[str], champion_labels: list[str]
) -> tuple[Outcome, str] | None:
    """Why the models cannot be compared, None if they can."""
    if labels != champion_labels:
        theirs, ours = ", ".join(champion_labels), ", ".join(labels)
        return "refused", f"the champion's labels are {theirs}, the challenger's {ours}"
    if rows.empty:
        reason = "the models were trained on every message of the test split: add new messages"
        return "not enough to judge", reason
    return None


def _score_champion(folder: Path, rows: pd.DataFrame) -> Scores:
    frame = published_model.score(folder, rows["text"].tolist())
    rule = published_model.read_decision_rule(folder)
    return Scores.from_frame(frame.assign(label=rows["label"]), **rule)
