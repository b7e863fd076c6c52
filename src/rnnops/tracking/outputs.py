"""What the pipeline's files say of the two trained models, as their runs will say it."""

from pathlib import Path
from typing import Any

import pandas as pd

from rnnops import files
from rnnops.config import Params
from rnnops.tracking.lineage import flat
from rnnops.tracking.runs import TrainedModel

LINEAGE = ["dvc.lock", "dvc.yaml", "params.yaml"]
REPORTS = ["reports/ingest.json", "reports/validation.json", "reports/split.json"]


def read_network(params: Params) -> TrainedModel:
    """The network's run, from models/rnn and the evaluation."""
    sections = ("data", "split", "features", "train", "evaluate")
    return TrainedModel(
        role="network",
        name=f"{params.features.method} SimpleRNN",
        digest=files.digest("models/rnn"),
        dataset_digest=files.digest("data/raw/messages.parquet"),
        params=_flat_params(params, sections) | {"classifier": "SimpleRNN"},
        metrics=_metrics("network"),
        history=pd.read_csv("models/rnn/history.csv"),
        gradient_flow=pd.read_csv("models/rnn/gradient_flow.csv"),
        artifacts={
            "": ["reports/report.html", "reports/metrics.json"],
            "figures": _figures(),
            "lineage": [path for path in LINEAGE if Path(path).exists()],
            "reports": REPORTS,
        },
    )


def read_baseline(params: Params) -> TrainedModel:
    """The baseline's run, from models/baseline and the evaluation."""
    sections = ("data", "split", "features", "baseline", "evaluate")
    classifier = files.read_json("models/baseline/classifier.json")["name"]
    return TrainedModel(
        role="baseline",
        name=f"{params.features.method} {classifier}",
        digest=files.digest("models/baseline"),
        dataset_digest=files.digest("data/raw/messages.parquet"),
        params=_flat_params(params, sections) | {"classifier": classifier},
        metrics=_metrics("baseline"),
        artifacts={
            "": ["reports/metrics.json"],
            "lineage": [p for p in LINEAGE if Path(p).exists()],
        },
    )


def _flat_params(params: Params, sections: tuple[str, ...]) -> dict[str, Any]:
    values = params.model_dump(include=set(sections))
    if params.features.method != "word2vec":
        del values["features"]["word2vec"]
    return flat(values)


def _metrics(role: str) -> dict[str, float]:
    measured = files.read_json("reports/metrics.json")
    metrics = {}
    for name, interval in measured[role].items():
        if interval["value"] is not None:
            metrics[name] = interval["value"]
        for end in ("low", "high"):
            if interval[end] is not None:
                metrics[f"{name}_{end}"] = interval[end]
    threshold = measured["threshold" if role == "network" else "baseline_threshold"]
    return metrics if threshold is None else metrics | {"threshold": threshold}


def _figures() -> list[str]:
    return sorted(str(path) for path in Path("reports/plots").glob("*.png"))
