"""What the pipeline's files say of the trained models, as their runs will say it."""

from pathlib import Path
from typing import Any

import pandas as pd

from rnnops import files
from rnnops.config import Params
from rnnops.tracking.lineage import flat
from rnnops.tracking.runs import TrainedModel

LINEAGE = ["dvc.lock", "dvc.yaml", "params.yaml"]
REPORTS = ["reports/ingest.json", "reports/validation.json", "reports/split.json"]


def network_params(params: Params) -> dict[str, Any]:
    """What the network's run says of its parameters."""
    sections = ("data", "split", "features", "train", "evaluate")
    return _flat_params(params, sections) | {"classifier": "SimpleRNN"}


def read_network(params: Params) -> TrainedModel:
    """The network's run, from models/rnn and the evaluation."""
    measured = files.read_json("reports/metrics.json")
    return TrainedModel(
        role="network",
        name=f"{params.features.method} SimpleRNN",
        digest=files.digest("models/rnn"),
        dataset_digest=files.digest("data/raw/messages.parquet"),
        params=network_params(params),
        metrics=_metrics({**measured["network"], "threshold": measured["threshold"]})
        | _selection(files.read_json("reports/selection.json")["network"]),
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
    sections = ("data", "split", "features", "baseline", "evaluate")
    measured = files.read_json("reports/baselines.json")
    best = files.read_json("models/baseline/best.json")["best"]
    on_validation = files.read_json("reports/baseline.json")["validation"]
    return [
        TrainedModel(
            role="baseline",
            name=name.replace("_", " "),
            digest=files.digest(f"models/baseline/{name}"),
            dataset_digest=files.digest("data/raw/messages.parquet"),
            params=_flat_params(params, sections) | {"classifier": name},
            metrics=_metrics(metrics) | _selection(on_validation[name]),
            tags={"rnnops.best_baseline": str(name == best).lower()},
            artifacts={
                "": ["reports/baselines.json"],
                "lineage": [path for path in LINEAGE if Path(path).exists()],
            },
        )
        for name, metrics in sorted(measured.items())
    ]


def _flat_params(params: Params, sections: tuple[str, ...]) -> dict[str, Any]:
    values = params.model_dump(include=set(sections))
    if params.features.method not in ("word2vec", "hybrid"):
        del values["features"]["word2vec"]
    return flat(values)


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
