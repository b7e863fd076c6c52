"""What the pipeline's files say of the trained models, as their runs will say it."""

from pathlib import Path
from typing import Any

import pandas as pd

from rnnops import files
from rnnops.config import Params
from rnnops.tracking.lineage import flat
from rnnops.tracking.names import baseline_name, network_name
from rnnops.tracking.runs import TrainedModel

LINEAGE = ["dvc.lock", "dvc.yaml", "params.yaml"]
REPORTS = ["reports/ingest.json", "reports/validation.json", "reports/split.json"]
SECTIONS = ("data", "split", "features", "baseline", "train", "evaluate")
UNUSED = "unused"


def network_params(params: Params) -> dict[str, Any]:
    """What the network's run says of its parameters."""
    return _flat_params(params) | {"classifier": "SimpleRNN"}


def baseline_params(params: Params, classifier: str) -> dict[str, Any]:
    """What an order-blind classifier's run says of its parameters, under the network's keys."""
    said = {
        name: UNUSED if name.startswith("train.") else value
        for name, value in _flat_params(params).items()
    }
    return said | {"classifier": classifier}


def read_network(params: Params) -> TrainedModel:
    """The network's run, from models/rnn and the evaluation."""
    measured = files.read_json("reports/metrics.json")
    said = network_params(params)
    return TrainedModel(
        role="network",
        name=network_name(said),
        digest=files.digest("models/rnn"),
        dataset_digest=files.digest("data/raw/messages.parquet"),
        params=said,
        metrics=_metrics({**measured["network"], "threshold": measured["threshold"]})
        | _selection(files.read_json("reports/selection.json")["network"]),
        tags={"backend": params.train.backend},
        history=pd.read_csv("models/rnn/history.csv"),
        gradient_flow=pd.read_csv("models/rnn/gradient_flow.csv"),
        artifacts={
            "": ["reports/report.html", "reports/metrics.json", "reports/predictions.parquet"],
            "figures": _figures(),
            "lineage": [path for path in LINEAGE if Path(path).exists()],
            "reports": REPORTS,
        },
    )


def read_baselines(params: Params) -> list[TrainedModel]:
    """The runs of the order-blind classifiers, from models/baseline and the evaluation."""
    measured = files.read_json("reports/baselines.json")
    best = files.read_json("models/baseline/best.json")["best"]
    on_validation = files.read_json("reports/baseline.json")["validation"]
    return [
        TrainedModel(
            role="baseline",
            name=baseline_name(name, params.baseline),
            digest=files.digest(f"models/baseline/{name}"),
            dataset_digest=files.digest("data/raw/messages.parquet"),
            params=baseline_params(params, name),
            metrics=_metrics(metrics) | _selection(on_validation[name]),
            tags={"rnnops.best_baseline": str(name == best).lower()},
            artifacts={
                "": ["reports/baselines.json"],
                "lineage": [path for path in LINEAGE if Path(path).exists()],
            },
        )
        for name, metrics in sorted(measured.items())
    ]


def _flat_params(params: Params) -> dict[str, Any]:
    values = flat(params.model_dump(include=set(SECTIONS)))
    learns_vectors = params.features.method in ("word2vec", "hybrid")
    return {
        name: UNUSED if name.startswith("features.word2vec.") and not learns_vectors else value
        for name, value in values.items()
    }


def _metrics(measured: dict[str, Any]) -> dict[str, float]:
    metrics = {}
    for name, interval in measured.items():
        if name == "threshold":
            continue
        if interval["value"] is not None:
            metrics[name] = interval["value"]
        for end in ("low", "high"):
            if interval[end] is not None:
                metrics[f"{name}_{end}"] = interval[end]
    threshold = measured["threshold"]
    return metrics if threshold is None else metrics | {"threshold": threshold}


def _selection(measured: dict[str, float | None]) -> dict[str, float]:
    """Metrics on the validation split: the ones to choose by."""
    return {f"selection_{name}": value for name, value in measured.items() if value is not None}


def _figures() -> list[str]:
    return sorted(str(path) for path in Path("reports/plots").glob("*.png"))
