"""Registered model versions."""

from importlib.metadata import version
from pathlib import Path

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema

import rnnops
from rnnops.tracking import text_model
from rnnops.tracking.runs import IDENTITY_TAG

CHALLENGER = "challenger"
CHAMPION = "champion"

# What the published model imports when it scores.
REQUIREMENTS = (
    "keras", "mlflow", "numpy", "pandas", "pyarrow", "pydantic", "rich", "ruamel.yaml", "scipy",
    "tensorflow",
)  # fmt: skip


def model_name(dataset: str) -> str:
    """The registered name of a dataset's classifier."""
    return f"{dataset}-classifier"


def find_version(client: mlflow.MlflowClient, name: str, identity: str) -> str | None:
    """The version of `name` that carries `identity`, if there is one."""
    found = client.search_model_versions(
        f"name = '{name}' AND tags.`{IDENTITY_TAG}` = '{identity}'"
    )
    return max((version.version for version in found), key=int, default=None)


def publish(
    client: mlflow.MlflowClient,
    run_id: str,
    name: str,
    labels: list[str],
    artifacts: dict[str, str],
    tags: dict[str, str],
) -> str:
    """Log the text model to the run and register it as the newest challenger; the version.

    Args:
        labels: the names of the labels.
        artifacts: paths of `featurizer`, `network` and `decision`, see `TextClassifier.load`.
        tags: of the version.
    """
    outputs = [
        ColSpec("string", "label"),
        ColSpec("double", "probability"),
        *(ColSpec("double", f"p_{label}") for label in labels),
    ]
    with mlflow.start_run(run_id=run_id):
        logged = mlflow.pyfunc.log_model(
            name="text-classifier",
            python_model=text_model.__file__,
            artifacts=artifacts,
            code_paths=[str(Path(rnnops.__file__).parent)],
            signature=ModelSignature(Schema([ColSpec("string")]), Schema(outputs)),
            input_example=["Meeting moved to 3 pm, see you there."],
            pip_requirements=[f"{package}=={version(package)}" for package in REQUIREMENTS],
        )
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    registered = client.create_model_version(
        name, logged.model_uri, run_id, tags, model_id=logged.model_id
    )
    client.set_registered_model_alias(name, CHALLENGER, registered.version)
    return registered.version


def current_model_uri(client: mlflow.MlflowClient, name: str) -> str | None:
    """URI of the champion, else of the newest challenger; None when nothing is registered."""
    for alias in (CHAMPION, CHALLENGER):
        try:
            client.get_model_version_by_alias(name, alias)
        except MlflowException:
            continue
        return f"models:/{name}@{alias}"
    return None
