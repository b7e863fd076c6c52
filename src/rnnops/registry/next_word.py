"""Next-word prediction: what its pipeline registers, and how its models are judged.

The champion is scored by its own code. Models with other vocabularies cannot be compared: the fewer
words a model knows, the easier the next one is to foresee.
"""

from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
from mlflow.entities.model_registry import ModelVersion

from rnnops.core import layout
from rnnops.core.numbers import format_number
from rnnops.core.sections import Parameters
from rnnops.gate.losses import judge_losses
from rnnops.gate.params import AnyGate, LossGate
from rnnops.gate.verdict import Verdict
from rnnops.language_model.ngram_models import shown_name
from rnnops.language_model.params import NextWord
from rnnops.losses.sums import Sums
from rnnops.next_word.evaluation import BITS, INTERPOLATED, METRICS, NETWORK, PERPLEXITY, REDUCTION
from rnnops.next_word.losses_table import BITS as BITS_COLUMN
from rnnops.next_word.results import Results
from rnnops.registry import published_model, version_documents
from rnnops.registry.leaked_rows import messages_trained_on, unknown_test_rows
from rnnops.registry.mlflow_pages import VIEW_NAME, ExperimentPage
from rnnops.registry.publication import (
    LANGUAGE_MODEL,
    TRAINED_ON,
    Publication,
    artifact_paths,
    publish_language_model,
)
from rnnops.registry.task import TrainedModels
from rnnops.registry.trained_model import (
    TrainedModel,
    describe_baseline,
    describe_network,
    metrics_by_split,
)
from rnnops.runtime.text_language_model import read_vocabulary
from rnnops.templating.environment import render
from rnnops.tracking.run_names import model_name, network_name
from rnnops.tracking.run_parameters import baseline_params, network_params
from rnnops.tracking.tags import BACKEND_TAG, TASK_TAG

SHOWN_PARAMS = ("train.units", "train.layers", "train.dropout", "train.learning_rate")


def experiment_page() -> ExperimentPage:
    """As `Task` says."""
    text = render("registry/templates/next_word_experiment.md.j2", view=VIEW_NAME, names=METRICS)
    return ExperimentPage(text, [*METRICS, f"{INTERPOLATED}/{PERPLEXITY}"], SHOWN_PARAMS)


def read_models(params: Parameters) -> TrainedModels:
    """As `Task` says."""
    results, logged = Results.read(), network_params(params)
    network = describe_network(
        network_name(logged),
        logged,
        run_metrics(results, NETWORK) | run_metrics(results, INTERPOLATED),
        {TASK_TAG: params.task, BACKEND_TAG: params[NextWord].backend},
        layout.LANGUAGE_MODEL,
    )
    ngrams = [name for name in results.models if name not in (NETWORK, INTERPOLATED)]
    return TrainedModels(network, [_ngram_model(params, results, name) for name in ngrams])


def _ngram_model(params: Parameters, results: Results, model: str) -> TrainedModel:
    logged, metrics = baseline_params(params, model), run_metrics(results, model)
    tags, is_best = {TASK_TAG: params.task}, model == results.best_baseline
    return describe_baseline(model, model_name(logged), logged, metrics, tags, is_best=is_best)


def run_metrics(results: Results, model: str) -> dict[str, float]:
    """A run's metrics by name: those of the validation split, plain, and all by split.

    Those of the network and the n-grams together begin with `interpolated/`.
    """
    prefix = f"{INTERPOLATED}/" if model == INTERPOLATED else ""
    return metrics_by_split(results.metrics, model, prefix)


def training_ids() -> pd.DataFrame:
    """As `Task` says."""
    return messages_trained_on()


def describe_publication(trained_on: Path) -> Publication:
    """As `Task` says."""
    return publish_language_model({LANGUAGE_MODEL: layout.LANGUAGE_MODEL, TRAINED_ON: trained_on})


def judge_challenger(params: AnyGate, folder: Path | None, look: int | None = None) -> Verdict:
    """As `Task` says, by the bits a word of the network and the n-grams together.

    Documents that either model was trained on, and their near-duplicates, are left out and counted.
    """
    if not isinstance(params, LossGate):
        raise TypeError(f"{type(params).__name__} is no gate of language models")
    best = Results.read().best_baseline
    rows, excluded = unknown_test_rows(folder)
    if folder is not None:
        theirs = read_vocabulary(artifact_paths(folder)[LANGUAGE_MODEL])
        if theirs != read_vocabulary(Path(layout.LANGUAGE_MODEL)):
            return Verdict(
                "refused",
                "refused: the champion knows other words than the challenger, so that their bits a "
                "word cannot be compared: promote with --force, or keep the data and "
                "features.vocabulary_size",
                "champion",
                len(rows),
                rows["cluster"].nunique(),
                excluded[0],
                excluded_by_challenger=excluded[1],
                of="documents",
            )
    words = rows["words"].to_numpy(float)
    champion = None
    if folder is not None and len(rows):
        scored = published_model.score(folder, rows["text"].tolist())
        champion = Sums(scored["bits"].to_numpy(float), words)
    return judge_losses(
        BITS,
        Sums(rows[f"{BITS_COLUMN}{INTERPOLATED}"].to_numpy(float), words),
        champion,
        Sums(rows[f"{BITS_COLUMN}{best}"].to_numpy(float), words),
        np.asarray(rows["cluster"], dtype=str),
        params,
        of="documents",
        excluded=excluded[0],
        excluded_by_challenger=excluded[1],
        look=look,
    )


def write_documents(
    client: mlflow.MlflowClient, found: ModelVersion, params: Parameters, verdict: Verdict
) -> None:
    """As `Task` says."""
    results = Results.read()
    values: dict[str, Any] = {
        "name": found.name,
        "version": str(found.version),
        "reason": verdict.reason,
        "results": results,
        "params": network_params(params),
        "heads": ["metric", *map(shown_name, results.models)],
        "rows": [
            [name, *(_shown(results, model, name) for model in results.models)] for name in METRICS
        ],
        "lower": format_number(
            100 * results.gains[layout.TEST][INTERPOLATED][REDUCTION]["value"], decimals=1
        ),
        "best": shown_name(results.best_baseline),
        "lineage": list(version_documents.describe_lineage(params[NextWord].backend).items()),
    }
    version_documents.log_documents(
        client,
        found,
        verdict,
        description=render("registry/templates/next_word_run.md.j2", **values),
        card=render("registry/templates/next_word_card.md.j2", **values),
        lineage=dict(values["lineage"]),
    )


def _shown(results: Results, model: str, name: str) -> str:
    each = results.metrics[layout.TEST][model][name]
    low, high = (format_number(each[end], decimals=3) for end in ("low", "high"))
    return f"{format_number(each['value'], decimals=3)} [{low}, {high}]"
