"""A parent run in MLflow over the runs that differ in their seeds alone."""

import hashlib
import tempfile
import time
from pathlib import Path
from typing import Any

import mlflow
from mlflow.entities import Metric, Param, Run, RunTag

from rnnops.catalog.params import Data, replace_dataset
from rnnops.core import files, layout
from rnnops.core.errors import InputError
from rnnops.core.params import load_params
from rnnops.metrics.metrics import headlines
from rnnops.metrics.params import EvaluateTexts
from rnnops.report.results import SPLITS, Results
from rnnops.seeds.summary import summarise_seeds
from rnnops.split.params import Split
from rnnops.tracking import store
from rnnops.tracking.lineage_tags import lineage_tags
from rnnops.tracking.run_names import network_name
from rnnops.tracking.run_parameters import UNUSED, network_params
from rnnops.tracking.tags import CODE_TAG, IDENTITY_TAG, PARENT_TAG, ROLE_TAG

SEED = "train.seed"
# All that is drawn at random in a model: the split, its word vectors, its weights and batches.
SEEDS = (SEED, "features.word2vec.seed", "split.seed")

Summary = dict[str, dict[str, dict[str, Any]]]  # by split and metric, from `summarise_seeds`


def summarise(dataset: str | None) -> tuple[dict[int, Run], Summary, str]:
    """Summarise the runs of the present code and parameters, and log that to their parent run.

    Returns:
        The runs by seed, their summary and the id of their parent run.

    Args:
        dataset: in place of the one that `data.dataset` names.

    Raises:
        InputError: if fewer than two seeds have run.
    """
    params = load_params(replacing=replace_dataset(dataset))
    client = store.connect()
    dataset = params[Data].dataset
    experiment = store.experiment_id(client, dataset)
    logged = network_params(params)
    runs = runs_by_seed(client, experiment, logged)
    if len(runs) < 2:
        raise InputError(
            f"MLflow has {len(runs)} complete runs on {dataset} of this code and these "
            "parameters: `make seeds` makes five"
        )
    with tempfile.TemporaryDirectory() as folder:
        results, predictions = [], []
        for run in runs.values():
            read = {
                path: fetch_artifact(client, run, Path(path).name, folder)
                for path in (layout.RESULTS, layout.PREDICTIONS)
            }
            results.append(Results.read(read[layout.RESULTS]))
            predictions.append(files.read_parquet(read[layout.PREDICTIONS]))
    summary = {
        split: summarise_seeds(
            predictions,
            results[0].labels,
            results[0].positive,
            [each.best_baseline for each in results],
            params[EvaluateTexts],
            split,
            getattr(params[Split], split) / params[Split].train,
        )
        for split in SPLITS
    }
    return runs, summary, group_runs(client, experiment, runs, logged, summary)


def fetch_artifact(client: mlflow.MlflowClient, run: Run, name: str, folder: str) -> str:
    """Path of a run's artifact, fetched into `folder`."""
    return client.download_artifacts(run.info.run_id, name, folder)


def runs_by_seed(
    client: mlflow.MlflowClient, experiment_id: str, params: dict[str, Any]
) -> dict[int, Run]:
    """The newest complete network run of each seed, by seed, of the present code and parameters.

    All `SEEDS` of a run are the same number: else it is another split, say, of the same weights.

    Args:
        params: the parameters that a network's run logs; its seeds are ignored.
    """
    code = lineage_tags().get(CODE_TAG)
    wanted = {name: str(value) for name, value in params.items() if name not in SEEDS}
    found = client.search_runs(
        [experiment_id],
        f"tags.`{ROLE_TAG}` = 'network'",
        order_by=["attributes.start_time ASC"],
        max_results=50_000,
    )
    runs = {
        int(run.data.params[SEED]): run
        for run in found
        if IDENTITY_TAG in run.data.tags
        and wanted.items() <= run.data.params.items()
        and len({run.data.params[name] for name in SEEDS} - {UNUSED}) == 1
        and run.data.tags.get(CODE_TAG) == code
    }
    return dict(sorted(runs.items()))


def group_runs(
    client: mlflow.MlflowClient,
    experiment_id: str,
    runs: dict[int, Run],
    params: dict[str, Any],
    summary: Summary,
) -> str:
    """The id of the parent run of `runs`, created unless it exists.

    Args:
        runs: by seed.
        summary: each metric's mean is logged as a single run's metric is, the headlines of the
            validation split plain and all behind their split, there with `_sd` the deviation.
    """
    children = sorted(run.info.run_id for run in runs.values())
    identity = hashlib.sha256(repr(children).encode()).hexdigest()
    found = client.search_runs([experiment_id], f"tags.`{IDENTITY_TAG}` = '{identity}'")
    if found:
        return found[0].info.run_id
    shown = {**params, **dict.fromkeys(SEEDS, ",".join(map(str, sorted(runs))))}
    parent = client.create_run(experiment_id, run_name=network_name(shown))
    now = int(time.time() * 1000)
    chosen_by = summary[layout.VALIDATION]
    means = {name: chosen_by[name]["mean"] for name in headlines(chosen_by)}
    for split, measured in summary.items():
        for name, values in measured.items():
            means[f"{split}/{name}"] = values["mean"]
            means[f"{split}/{name}_sd"] = values["standard_deviation"]
    metrics = [Metric(name, value, now, 0) for name, value in means.items() if value is not None]
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
