"""Completing the pipeline's runs in MLflow and registering its model as a version."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow

from rnnops.core import files
from rnnops.core.checkout import is_sync_copy
from rnnops.core.sections import Parameters
from rnnops.gate.markdown import render_verdict
from rnnops.gate.verdict import Verdict
from rnnops.registry import mlflow_pages, published_model, versions
from rnnops.registry.challenger import judge_version
from rnnops.registry.decisions import (
    Decision,
    choose_opponent,
    present_champion,
    version_in_history,
)
from rnnops.registry.looks import earlier_opponent, read_looks
from rnnops.registry.reconciliation import read_decisions, reconcile, reserve_numbers
from rnnops.registry.runs import ensure_complete
from rnnops.registry.split_reads import count_experiments
from rnnops.registry.task import Task, task_of
from rnnops.registry.trained_model import TrainedModel
from rnnops.registry.verdicts import NOT_JUDGED
from rnnops.tracking import outbox, store
from rnnops.tracking.run_names import experiment_of
from rnnops.tracking.tags import TEST_SPLIT_TAG


@dataclass(frozen=True)
class Registration:
    """The pipeline's model in MLflow; `is_new` if the version was registered just now.

    `experiments` were measured on its test split, itself among them, see `split_reads`.
    """

    run_id: str
    name: str
    version: str
    identity: str
    is_new: bool
    experiments: int
    decisions: list[Decision]

    @property
    def is_champion(self) -> bool:
        """Whether the version is the present champion."""
        champion = present_champion(self.decisions)
        return champion is not None and champion.identity == self.identity

    def outcome(self, verdict: Verdict | None) -> str:
        """The standing of the version in a word: champion, or its verdict."""
        if self.is_champion:
            return "champion"
        return verdict.outcome if verdict else NOT_JUDGED

    def summary(self, verdict: Verdict | None) -> dict[str, Any]:
        """The content of reports/register.json."""
        return {
            "run_id": self.run_id,
            "model": self.name,
            "version": self.version,
            "status": "registered" if self.is_new else "unchanged",
            "verdict": self.outcome(verdict),
            "experiments_on_test_split": self.experiments,
        }

    def verdict_page(self, verdict: Verdict | None) -> str:
        """The content of reports/gate.md."""
        champion = f"Version {self.version} of {self.name}" if self.is_champion else None
        return render_verdict(verdict, champion)


@store.reaching_the_server()
def register_model(client: mlflow.MlflowClient, params: Parameters) -> Registration:
    """Complete the runs of the pipeline's models and register its network as a version.

    What is done already is not done again.
    """
    task, name = task_of(params), versions.model_of(params)
    network, others = task.read_models(params)
    experiment = store.experiment_id(client, experiment_of(params))
    with store.exclusive():
        mlflow_pages.describe_experiment(client, experiment, task.experiment_page())
        outbox.deliver(client)
        run_id = ensure_complete(client, experiment, network)
        for model in others:
            ensure_complete(client, experiment, model, parent=run_id)
        number = version_in_history(read_decisions(client, name), network.identity)
        if number is None:
            reserve_numbers(client, name)
        known = versions.find_version(client, name, network.identity)
        version = known or _publish(client, run_id, name, task, network, number)
        decisions = reconcile(client, name)
        experiments = count_experiments(client, experiment, network.tags[TEST_SPLIT_TAG])
    is_new = known is None
    registration = Registration(
        run_id, name, version, network.identity, is_new, experiments, decisions
    )
    if is_new or not registration.is_champion:
        versions.set_alias(client, name, versions.CHALLENGER, version)
    return registration


@store.reaching_the_server()
def judge_registration(
    client: mlflow.MlflowClient, registration: Registration, params: Parameters
) -> Verdict | None:
    """The gate's verdict on the registered version, None if its opponent is not here.

    A copy that `rnnops sync` makes of an earlier commit is judged against its opponent of then.
    """
    found = versions.get_version(client, registration.name, registration.version)
    if is_sync_copy():
        looks = read_looks(client, registration.name)
        opponent = earlier_opponent(looks, registration.decisions, registration.identity)
    else:
        opponent = choose_opponent(registration.decisions, registration.identity)
    return judge_version(client, found, opponent, params)


def _publish(
    client: mlflow.MlflowClient,
    run_id: str,
    name: str,
    task: Task,
    network: TrainedModel,
    number: int | None,
) -> str:
    """Register what the stages before have made; the version, `number` if that is free."""
    with tempfile.TemporaryDirectory() as scratch:
        trained_on = Path(scratch) / "trained_on.parquet"
        files.write_parquet(task.training_ids(), trained_on)
        publication = task.describe_publication(trained_on)
        return published_model.publish(
            client, run_id, name, publication, network.identity, number=number
        )
