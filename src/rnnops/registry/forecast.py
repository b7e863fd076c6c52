"""Forecasts of time series: what the pipeline registers, and how its models are judged.

The network is published; statistical methods are fitted to each series anew and need no model.
"""

from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
from mlflow.entities.model_registry import ModelVersion

from rnnops.core import files, layout
from rnnops.core.sections import Parameters
from rnnops.forecast.evaluation import COMBINATION, MASE, METRICS, NETWORK, SMAPE, STATISTICAL
from rnnops.forecast.results import Results, shown_name
from rnnops.forecast.runs import network_name
from rnnops.forecast.scores_table import score_column
from rnnops.forecasting.params import ForecastTraining
from rnnops.forecasting.parts import read_parts
from rnnops.gate.losses import judge_losses
from rnnops.gate.params import AnyGate, LossGate
from rnnops.gate.verdict import Verdict
from rnnops.losses.sums import Sums
from rnnops.metrics.measured import format_measured
from rnnops.registry import version_documents
from rnnops.registry.champion_forecasts import cannot_forecast, has_seen, score_champion
from rnnops.registry.mlflow_pages import VIEW_NAME, ExperimentPage
from rnnops.registry.publication import FORECASTER, TRAINED_ON, Publication, publish_forecaster
from rnnops.registry.task import TrainedModels
from rnnops.registry.trained_model import (
    TrainedModel,
    describe_baseline,
    describe_network,
    metrics_by_split,
)
from rnnops.templating.environment import render
from rnnops.tracking.run_names import model_name
from rnnops.tracking.run_parameters import baseline_params, network_params
from rnnops.tracking.tags import BACKEND_TAG, TASK_TAG

SHOWN_PARAMS = ("data.dataset", "train.seeds", "evaluate.combined")
TOGETHER = (COMBINATION, STATISTICAL)  # have no run of their own


def experiment_page() -> ExperimentPage:
    """As `Task` says."""
    text = render("registry/templates/forecast_experiment.md.j2", view=VIEW_NAME, names=METRICS)
    return ExperimentPage(text, [*METRICS, f"{COMBINATION}/{MASE}"], SHOWN_PARAMS)


def read_models(params: Parameters) -> TrainedModels:
    """As `Task` says."""
    results, logged = Results.read(), network_params(params)
    metrics = [run_metrics(results, name) for name in (NETWORK, *TOGETHER)]
    network = describe_network(
        network_name(logged),
        logged,
        {name: value for each in metrics for name, value in each.items()},
        {TASK_TAG: params.task, BACKEND_TAG: params[ForecastTraining].backend},
        layout.FORECASTER,
        data=layout.SERIES,
    )
    return TrainedModels(network, [_method(params, results, name) for name in results.methods])


def _method(params: Parameters, results: Results, model: str) -> TrainedModel:
    logged = baseline_params(params, model)
    return describe_baseline(
        model,
        model_name(logged),
        logged,
        run_metrics(results, model),
        {TASK_TAG: params.task},
        is_best=model == results.best_baseline,
        data=layout.SERIES,
    )


def run_metrics(results: Results, model: str) -> dict[str, float]:
    """A run's metrics by name: those of the validation split, plain, and all by split.

    Those of a combination begin with its name.
    """
    prefix = f"{model}/" if model in TOGETHER else ""
    return metrics_by_split(results.metrics, model, prefix)


def training_ids() -> pd.DataFrame:
    """As `Task` says: each series, with the last period that a model was fitted to."""
    series = read_parts(layout.TRAIN, layout.VALIDATION)
    names = [each.name for each in series]
    last = [each.periods[-1] for each in series]
    return pd.DataFrame({"id": names, "cluster": names, "last_period": last})


def describe_publication(trained_on: Path) -> Publication:
    """As `Task` says."""
    return publish_forecaster({FORECASTER: layout.FORECASTER, TRAINED_ON: trained_on})


def judge_challenger(params: AnyGate, folder: Path | None, look: int | None = None) -> Verdict:
    """As `Task` says, by the networks' mean MASE over the series' test values.

    Series of whose test values the champion has seen some are left out and counted; so are those
    without a MASE, uncounted, as constant ones.
    """
    if not isinstance(params, LossGate):
        raise TypeError(f"{type(params).__name__} is no gate of forecasts")
    best, scores = Results.read().best_baseline, files.read_parquet(layout.PREDICTIONS)
    rows = scores[scores["split"] == layout.TEST].reset_index(drop=True)
    whole = read_parts(*layout.SPLIT_NAMES)
    known = has_seen(whole, folder) if folder else np.zeros(len(rows), dtype=bool)
    judged = ~known & rows[score_column(MASE, NETWORK)].notna().to_numpy()
    chosen = [each for each, is_judged in zip(whole, judged, strict=True) if is_judged]
    rows, excluded = rows[judged], int(known.sum())
    ones, champion = np.ones(len(rows)), None
    if folder is not None and chosen:
        if obstacle := cannot_forecast(chosen, folder):
            reason, number = f"refused: {obstacle}", len(rows)
            return Verdict(
                "refused", reason, "champion", number, number, excluded, of="series", alike=""
            )
        champion = Sums(score_champion(chosen, folder), ones)
    elif folder is not None:
        champion = Sums(ones[:0], ones[:0])
    return judge_losses(
        MASE,
        Sums(rows[score_column(MASE, NETWORK)].to_numpy(float), ones),
        champion,
        Sums(rows[score_column(MASE, best)].to_numpy(float), ones),
        np.asarray(rows["cluster"], dtype=str),
        params,
        of="series",
        alike="",
        excluded=excluded,
        look=look,
        advice="add series, or later values of these",
    )


def write_documents(
    client: mlflow.MlflowClient, found: ModelVersion, params: Parameters, verdict: Verdict
) -> None:
    """As `Task` says."""
    results = Results.read()
    backend = params[ForecastTraining].backend
    test, start = results.metrics[layout.TEST], results.start["all"][NETWORK]
    values: dict[str, Any] = {
        "name": found.name,
        "version": str(found.version),
        "reason": verdict.reason,
        "results": results,
        "number": sum(results.series.values()),
        "heads": ["model", *METRICS],
        "rows": [
            [shown_name(model), *(format_measured(test[model][name], "", 3) for name in METRICS)]
            for model in results.models
        ],
        "frequencies": ", ".join(f"{name} ({count:,})" for name, count in results.series.items()),
        "members": ", ".join(map(shown_name, results.combined)),
        "added": {name: format_measured(start[name], "+", 3) for name in (SMAPE, MASE)},
        "lineage": list(version_documents.describe_lineage(backend).items()),
    }
    version_documents.log_documents(
        client,
        found,
        verdict,
        description=render("registry/templates/forecast_run.md.j2", **values),
        card=render("registry/templates/forecast_card.md.j2", **values),
        lineage=dict(values["lineage"]),
    )
