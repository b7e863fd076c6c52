"""What differs between tasks when a model is registered, judged and described."""

from importlib import import_module
from pathlib import Path
from typing import NamedTuple, Protocol, cast

import mlflow
import pandas as pd
from mlflow.entities.model_registry import ModelVersion

from rnnops.core.sections import Parameters
from rnnops.gate.params import AnyGate
from rnnops.gate.verdict import Verdict
from rnnops.registry.mlflow_pages import ExperimentPage
from rnnops.registry.publication import Publication
from rnnops.registry.trained_model import TrainedModel


class TrainedModels(NamedTuple):
    """The pipeline's network, which is registered, and the models beside it."""

    network: TrainedModel
    others: list[TrainedModel]


class Task(Protocol):
    """A module that does these things for one task, from the files that its stages wrote."""

    def experiment_page(self) -> ExperimentPage:
        """What MLflow's page of the experiment says and shows."""

    def read_models(self, params: Parameters) -> TrainedModels:
        """All that the runs of the pipeline's models say."""

    def training_ids(self) -> pd.DataFrame:
        """What weights, epochs or thresholds came from: columns `id` and `cluster`, and others."""

    def describe_publication(self, trained_on: Path) -> Publication:
        """What is published: the model and the file with the ids that it was trained on."""

    def judge_challenger(
        self, params: AnyGate, folder: Path | None, look: int | None = None
    ) -> Verdict:
        """The verdict against the champion in `folder`, None without one.

        Args:
            look: how often the champion has been compared on this test split, with this time.
        """

    def write_documents(
        self, client: mlflow.MlflowClient, found: ModelVersion, params: Parameters, verdict: Verdict
    ) -> None:
        """Describe the version and its run; log the report with the verdict, and the model card."""


def task_of(params: Parameters) -> Task:
    """The module of the task that the parameters are of: it has the task's name."""
    return cast(Task, import_module(f"rnnops.registry.{params.task}"))
