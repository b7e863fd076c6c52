"""The pipeline's trained models and all that their runs say, read from its files."""

from pathlib import Path

import pandas as pd

from rnnops.core import files, layout
from rnnops.core.sections import Parameters
from rnnops.metrics.evaluation import HALVES, NETWORK
from rnnops.recurrent.params import Train
from rnnops.registry.split_reads import digest_test_split
from rnnops.registry.trained_model import TrainedModel, lineage_files
from rnnops.report.results import SPLITS, Metrics, Results
from rnnops.tracking.run_names import baseline_name, network_name
from rnnops.tracking.run_parameters import baseline_params, network_params
from rnnops.tracking.tags import BACKEND_TAG, BEST_BASELINE_TAG, TEST_SPLIT_TAG

REPORTS = [layout.INGEST_REPORT, layout.VALIDATION_REPORT, layout.SPLIT_REPORT]


def read_network(params: Parameters) -> TrainedModel:
    """The network's run, from models/rnn and the evaluation."""
    logged = network_params(params)
    return TrainedModel(
        role="network",
        name=network_name(logged),
        digest=files.digest(layout.NETWORK),
        published=files.digest(layout.CLASSIFIER),
        dataset_digest=files.digest(layout.MESSAGES),
        params=logged,
        metrics=run_metrics(Results.read(), NETWORK),
        tags={BACKEND_TAG: params[Train].backend, TEST_SPLIT_TAG: digest_test_split()},
        history=pd.read_csv(layout.HISTORY),
        gradient_flow=pd.read_csv(layout.GRADIENT_FLOW),
        artifacts={
            "": [layout.REPORT, layout.RESULTS, layout.PREDICTIONS],
            "figures": _figures(),
            layout.LINEAGE_ARTIFACTS: lineage_files(),
            "reports": REPORTS,
        },
    )


def read_baselines(params: Parameters) -> list[TrainedModel]:
    """The runs of the linear classifiers, from models/baseline and the evaluation."""
    results = Results.read()
    return [
        TrainedModel(
            role="baseline",
            name=baseline_name(baseline_params(params, name)),
            digest=files.digest(f"{layout.BASELINE}/{name}"),
            dataset_digest=files.digest(layout.MESSAGES),
            params=baseline_params(params, name),
            metrics=run_metrics(results, name),
            tags={BEST_BASELINE_TAG: str(name == results.best_baseline).lower()},
            artifacts={
                "": [layout.RESULTS],
                layout.LINEAGE_ARTIFACTS: lineage_files(),
            },
        )
        for name in sorted(results.baselines)
    ]


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


def _figures() -> list[str]:
    return sorted(str(path) for path in Path(layout.PLOTS).glob("*.png"))
