"""The runs of several seeds as one: a parent run over those that differ in nothing else."""

import hashlib
import tempfile
import time
from typing import Any

import mlflow
from mlflow.entities import Metric, Param, Run, RunTag

from rnnops import config, files
from rnnops.errors import InputError
from rnnops.evaluation.seeds import summarise_seeds
from rnnops.tracking import store
from rnnops.tracking.lineage import lineage_tags
from rnnops.tracking.names import network_name
from rnnops.tracking.outputs import network_params
from rnnops.tracking.runs import IDENTITY_TAG, ROLE_TAG

SEED = "train.seed"
PARENT_TAG = "mlflow.parentRunId"


def summarise(dataset: str | None) -> tuple[dict[int, Run], dict[str, dict[str, Any]], str]:
    """The runs of the present code and parameters by seed, their summary, their parent run's id.

    Args:
        dataset: in place of the one that `data.dataset` names.

    Raises:
        InputError: if fewer than two seeds have run.
    """
    params = config.load(dataset=dataset)
    client = store.connect()
    experiment = store.experiment_id(client, params.data.dataset)
    said = network_params(params)
    runs = runs_by_seed(client, experiment, said)
    if len(runs) < 2:
        raise InputError(
            f"MLflow has {len(runs)} complete runs on {params.data.dataset} of this code and these "
            "parameters: `make seeds` makes five"
        )
    with tempfile.TemporaryDirectory() as folder:
        predictions = [
            files.read_parquet(artifact(client, run, "predictions.parquet", folder))
            for _, run in sorted(runs.items())
        ]
        one = next(iter(runs.values()))
        positive = files.read_json(artifact(client, one, "metrics.json", folder))["positive"]
    labels = [name.removeprefix("p_") for name in predictions[0] if name.startswith("p_")]
    summary = summarise_seeds(predictions, labels, positive, params.evaluate)
    return runs, summary, group(client, experiment, runs, said, summary)


def artifact(client: mlflow.MlflowClient, run: Run, name: str, folder: str) -> str:
    """Path of a run's artifact, fetched into `folder`."""
    return client.download_artifacts(run.info.run_id, name, folder)


def runs_by_seed(
    client: mlflow.MlflowClient, experiment_id: str, params: dict[str, Any]
) -> dict[int, Run]:
    """The newest complete network run of each seed, by seed, of the present code and parameters.

    Args:
        params: what a network's run says of its parameters; the seed does not matter.
    """
    tags = lineage_tags()  # of `register` a run cannot tell: it is written before that stage ends
    code = {
        name: md5
        for name, md5 in tags.items()
        if name.startswith("dvc.code.") and name != "dvc.code.register"
    }
    wanted = {name: str(value) for name, value in params.items() if name != SEED}
    found = client.search_runs(
        [experiment_id],
        f"tags.`{ROLE_TAG}` = 'network'",
        order_by=["attributes.start_time ASC"],
        max_results=50_000,
    )
    return {
        int(run.data.params[SEED]): run
        for run in found
        if IDENTITY_TAG in run.data.tags
        and wanted.items() <= run.data.params.items()
        and code.items() <= run.data.tags.items()
    }


def group(
    client: mlflow.MlflowClient,
    experiment_id: str,
    runs: dict[int, Run],
    params: dict[str, Any],
    summary: dict[str, dict[str, Any]],
) -> str:
    """The id of the parent run of `runs`, made unless there is one.

    Args:
        runs: by seed.
        summary: from `summarise_seeds`; each metric's mean goes by its name, with `_sd` after it
            the standard deviation.
    """
    children = sorted(run.info.run_id for run in runs.values())
    identity = hashlib.sha256(repr(children).encode()).hexdigest()
    found = client.search_runs([experiment_id], f"tags.`{IDENTITY_TAG}` = '{identity}'")
    if found:
        return found[0].info.run_id
    shown = {**params, SEED: ",".join(map(str, sorted(runs)))}
    parent = client.create_run(experiment_id, run_name=network_name(shown))
    now = int(time.time() * 1000)
    metrics = [
        Metric(f"{name}{ending}", values[key], now, 0)
        for name, values in sorted(summary.items())
        for key, ending in (("mean", ""), ("standard_deviation", "_sd"))
        if values[key] is not None
    ]
    client.log_batch(
        parent.info.run_id,
        metrics,
        [Param(name, str(value)) for name, value in sorted(shown.items())],
        [RunTag(ROLE_TAG, "seeds")],
    )
    client.log_dict(parent.info.run_id, summary, "seeds.json")
    for child in children:
        client.set_tag(child, PARENT_TAG, parent.info.run_id)
    client.set_terminated(parent.info.run_id, "FINISHED")
    client.set_tag(parent.info.run_id, IDENTITY_TAG, identity)
    return parent.info.run_id
