"""Classifiers of texts: all that their runs say, read from the pipeline's files."""

import pandas as pd

from rnnops.core import layout
from rnnops.core.sections import Parameters
from rnnops.metrics.evaluation import HALVES, NETWORK
from rnnops.recurrent.params import Train
from rnnops.registry.trained_model import TrainedModel, describe_baseline, describe_network
from rnnops.report.results import SPLITS, Metrics, Results
from rnnops.tracking.run_names import baseline_name, network_name
from rnnops.tracking.run_parameters import baseline_params, network_params
from rnnops.tracking.tags import BACKEND_TAG


def read_network(params: Parameters) -> TrainedModel:
    """The network's run, from models/rnn and the evaluation."""
    logged = network_params(params)
    return describe_network(
        network_name(logged),
        logged,
        run_metrics(Results.read(), NETWORK),
        {BACKEND_TAG: params[Train].backend},
        layout.CLASSIFIER,
        gradient_flow=pd.read_csv(layout.GRADIENT_FLOW),
    )


def read_baselines(params: Parameters) -> list[TrainedModel]:
    """The runs of the linear classifiers, from models/baseline and the evaluation."""
    results = Results.read()
    found = []
    for model in sorted(results.baselines):
        logged, metrics = baseline_params(params, model), run_metrics(results, model)
        is_best = model == results.best_baseline
        found.append(
            describe_baseline(model, baseline_name(logged), logged, metrics, {}, is_best=is_best)
        )
    return found


def run_metrics(results: Results, model: str) -> dict[str, float]:
    """A run's metrics by name: the headlines of the validation split, plain, and all by split.

    `validation/accuracy`, say, stands beside `validation/accuracy_low` and `_high`, the ends of its
    interval. MLflow sorts by name, and so shows the plain ones before the others. The network has
    those of its halves too: `validation/recurrent/accuracy` and `validation/linear/accuracy`.
    """
    metrics = results.headlines(model)
    metrics["validation/threshold"] = results.thresholds[model]
    for split in SPLITS:
        metrics |= _with_ends(split, results.metrics[split][model])
        halves = HALVES if model == NETWORK else ()
        for half in (half for half in halves if half in results.metrics[split]):
            metrics |= _with_ends(f"{split}/{half}", results.metrics[split][half])
    return {name: value for name, value in metrics.items() if value is not None}


def _with_ends(place: str, measured: Metrics) -> dict[str, float | None]:
    ends = {"value": "", "low": "_low", "high": "_high"}
    return {
        f"{place}/{name}{end}": each[key]
        for name, each in measured.items()
        for key, end in ends.items()
    }
