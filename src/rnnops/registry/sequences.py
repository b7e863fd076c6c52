"""Classification of sequences: what its pipeline registers, and how its models are judged."""

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.entities.model_registry import ModelVersion

from rnnops.core import files, layout
from rnnops.core.sections import Parameters
from rnnops.gate.params import AnyGate
from rnnops.gate.verdict import Verdict
from rnnops.metrics.evaluation import NETWORK
from rnnops.metrics.measured import format_measured
from rnnops.metrics.metrics import keys_of, metric_of, title_of
from rnnops.registry import published_model, version_documents
from rnnops.registry.classification import HEADLINES
from rnnops.registry.judged_classifier import Champion, judge_classifier
from rnnops.registry.leaked_rows import Content, messages_trained_on, unknown_test_rows
from rnnops.registry.mlflow_pages import VIEW_NAME, ExperimentPage
from rnnops.registry.model_card import describe_run
from rnnops.registry.publication import (
    TABLE_CLASSIFIER,
    TRAINED_ON,
    Publication,
    artifact_paths,
    publish_table_classifier,
)
from rnnops.registry.task import TrainedModels
from rnnops.registry.trained_model import describe_baseline, describe_network
from rnnops.registry.trained_models import run_metrics
from rnnops.report.results import COMPARED_ALIKE, Results
from rnnops.sequences.datasets import SequenceColumns
from rnnops.sequences.description import read_description
from rnnops.sequences.expectations import OF
from rnnops.sequences.params import SequenceTraining
from rnnops.sequences.report import describe_rule
from rnnops.sequences.sequences import Sequences
from rnnops.sequences.splitting import shingles_of
from rnnops.sequences.table_classifier import TableClassifier
from rnnops.templating.environment import render
from rnnops.tracking.run_names import model_name, network_name
from rnnops.tracking.run_parameters import baseline_params, network_params
from rnnops.tracking.tags import BACKEND_TAG, TASK_TAG

SHOWN_PARAMS = ("train.units", "train.readout", "train.dropout", "train.learning_rate")
NUMBERS = Content(
    layout.SEQUENCES, None, lambda rows: shingles_of(Sequences.from_frame(rows).values)
)


def experiment_page() -> ExperimentPage:
    """As `Task` says."""
    columns = [key for metric in HEADLINES for key in metric.keys]
    names = [metric.name for metric in HEADLINES]
    text = render("registry/templates/sequences_experiment.md.j2", view=VIEW_NAME, headlines=names)
    return ExperimentPage(text, columns, SHOWN_PARAMS)


def read_models(params: Parameters) -> TrainedModels:
    """As `Task` says."""
    results, logged = Results.read(), network_params(params)
    task = {TASK_TAG: params.task}
    network = describe_network(
        network_name(logged),
        logged,
        run_metrics(results, NETWORK),
        {**task, BACKEND_TAG: params[SequenceTraining].backend},
        layout.CLASSIFIER,
        data=layout.SEQUENCES,
        gradient_flow=pd.read_csv(layout.GRADIENT_FLOW),
    )
    others = []
    for model in sorted(results.baselines):
        own, metrics = baseline_params(params, model), run_metrics(results, model)
        is_best = model == results.best_baseline
        others.append(
            describe_baseline(
                model,
                model_name(own),
                own,
                metrics,
                task,
                is_best=is_best,
                data=layout.SEQUENCES,
            )
        )
    return TrainedModels(network, others)


def training_ids() -> pd.DataFrame:
    """As `Task` says."""
    return messages_trained_on()


def describe_publication(trained_on: Path) -> Publication:
    """As `Task` says."""
    return publish_table_classifier(
        TableClassifier.load(layout.CLASSIFIER),
        {TABLE_CLASSIFIER: layout.CLASSIFIER, TRAINED_ON: trained_on},
    )


def judge_challenger(params: AnyGate, folder: Path | None, look: int | None = None) -> Verdict:
    """As `Task` says."""
    rows, excluded = unknown_test_rows(folder, NUMBERS)
    champion = None if folder is None else _champion(folder, rows)
    return judge_classifier(params, rows, excluded, champion, look, OF)


def _champion(folder: Path, rows: pd.DataFrame) -> Champion:
    known = read_description(artifact_paths(folder)[TABLE_CLASSIFIER])
    sequences, columns = Sequences.from_frame(rows), SequenceColumns(**known["columns"])
    rule = {key: known[key] for key in ("labels", "positive", "threshold")}
    theirs, ours = ", ".join(columns.channels or []), ", ".join(sequences.channels)
    obstacle = f"the champion reads the channels {theirs}, the challenger {ours}"

    def score() -> pd.DataFrame:
        table = sequences.to_long_table(columns)
        found = published_model.predict(folder, table).set_index("sequence")
        return found.loc[sequences.ids].reset_index(drop=True)

    return Champion(rule, score, None if theirs == ours else obstacle)


def write_documents(
    client: mlflow.MlflowClient, found: ModelVersion, params: Parameters, verdict: Verdict
) -> None:
    """As `Task` says."""
    results, logged = Results.read(), network_params(params)
    test, keys = results.metrics[layout.TEST], keys_of(COMPARED_ALIKE, results.positive)
    lineage = version_documents.describe_lineage(params[SequenceTraining].backend)
    values: dict[str, Any] = {
        "name": found.name,
        "version": str(found.version),
        "reason": verdict.reason,
        "results": results,
        "params": logged,
        "rule": describe_rule(results),
        "ingest": files.read_json(layout.INGEST_REPORT),
        "split": files.read_json(layout.SPLIT_REPORT),
        "heads": ["classifier", *map(title_of, keys)],
        "rows": [
            [name, *(format_measured(test[model][k], "", metric_of(k).decimals) for k in keys)]
            for model, name in results.classifiers.items()
        ],
        "columns": TableClassifier.load(layout.CLASSIFIER).columns,
        "lineage": list(lineage.items()),
    }
    version_documents.log_documents(
        client,
        found,
        verdict,
        description=describe_run(results, verdict),
        card=render("registry/templates/sequences_card.md.j2", **values),
        lineage=lineage,
    )
