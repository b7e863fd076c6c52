"""The decisions on a model in MLflow: the params of one run, one param a decision.

MLflow never changes a param, so of two processes that record the same number at once the store
accepts one and refuses the other.
"""

import mlflow
from mlflow.exceptions import MlflowException

from rnnops.core.errors import InputError
from rnnops.registry import mlflow_pages
from rnnops.registry.decisions import Decision
from rnnops.tracking import store
from rnnops.tracking.tags import ROLE_TAG

MOST_CHARACTERS = 6000  # of a param: MLflow cuts what is longer
LEDGER_TAG = "rnnops.decisions"  # of a registered model: the run that holds its decisions
EXPERIMENT = mlflow_pages.DECISIONS


def read_ledger(client: mlflow.MlflowClient, name: str) -> list[Decision]:
    """The decisions on the registered model `name`, in order."""
    run_id = _find_ledger(client, name)
    params = client.get_run(run_id).data.params if run_id else {}
    return [Decision.from_json(value) for _, value in sorted(params.items())]


def append_decision(client: mlflow.MlflowClient, name: str, decision: Decision) -> None:
    """Add `decision` to the ledger.

    Raises:
        InputError: when another process made a decision of that number first; when its reason is
            longer than MLflow keeps.
    """
    text = decision.to_json()
    if len(text) > MOST_CHARACTERS:
        raise InputError(f"the reason is too long: {len(decision.reason):,} characters")
    run_id = open_ledger(client, name)
    try:
        client.log_param(run_id, f"{decision.number:04d}", text)
    except MlflowException as error:
        made = read_ledger(client, name)
        if error.error_code != "INVALID_PARAMETER_VALUE" or len(made) < decision.number:
            raise
        other = made[decision.number - 1]
        raise InputError(
            f"{other.who} has just made version {other.version} the champion of {name}: version "
            f"{decision.version} was not promoted; see `rnnops history`"
        ) from None


def open_ledger(client: mlflow.MlflowClient, name: str) -> str:
    """The id of the run that holds the decisions on `name`, created with its registered model.

    It is finished at once, because nothing runs: MLflow adds params to a finished run as well.
    """
    with store.exclusive():  # of two at once the second finds what the first has created
        if known := _find_ledger(client, name):
            mlflow_pages.describe_decisions(client, known, name)
            return known
        experiment = store.experiment_id(client, EXPERIMENT)
        mlflow_pages.describe_decisions_experiment(client, experiment)
        run = client.create_run(
            experiment, run_name=f"decisions on {name}", tags={ROLE_TAG: "decisions"}
        )
        run_id = run.info.run_id
        try:
            client.create_registered_model(name, {LEDGER_TAG: run_id})
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
            if other := _find_ledger(client, name):
                client.delete_run(run_id)
                return other
            client.set_registered_model_tag(name, LEDGER_TAG, run_id)
        mlflow_pages.describe_decisions(client, run_id, name)
        return run_id


def _find_ledger(client: mlflow.MlflowClient, name: str) -> str | None:
    found = client.search_registered_models(f"name = '{name}'")
    return found[0].tags.get(LEDGER_TAG) if found else None
