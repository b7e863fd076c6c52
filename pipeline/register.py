"""Complete the runs in MLflow, register the model version and let the gate judge it.

What is done already is not done again.
"""

import tempfile
from pathlib import Path

from mlflow import MlflowClient

from rnnops.catalog.params import Data
from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.gate.markdown import verdict_table
from rnnops.registry import challenger, decisions, mlflow_pages, published_model
from rnnops.registry import versions as registry
from rnnops.registry.reconciliation import known_decisions, reconcile, reserve_numbers
from rnnops.registry.trained_models import read_baselines, read_network
from rnnops.tracking import delivery, runs, store


@store.reaching_the_server()
def main() -> str:
    params = load_params()
    name = registry.model_name(params[Data].dataset)
    network, baselines = read_network(params), read_baselines(params)
    client = store.connect()
    experiment = store.experiment_id(client, params[Data].dataset)
    with store.exclusive():
        mlflow_pages.describe_experiment(client, experiment)
        delivery.deliver(client)
        run = runs.ensure_complete(client, experiment, network)
        for model in baselines:
            runs.ensure_complete(client, experiment, model, parent=run)
        number = decisions.number_of(known_decisions(client, name), network.identity)
        if number is None:
            reserve_numbers(client, name)
        version = registry.find_version(client, name, network.identity)
        decision = "unchanged" if version else "registered"
        if version is None:
            version = publish(client, run, name, network.identity, number)
        known = reconcile(client, name)

    standing = decisions.champions(known)
    reigns = bool(standing) and standing[-1].identity == network.identity
    opponents = standing[:-1] if reigns else standing  # the champion itself followed another
    if decision == "registered" or not reigns:
        registry.set_alias(client, name, registry.CHALLENGER, version)
    found = registry.version_of(client, name, version)
    judged = challenger.judge_version(client, found, opponents[-1] if opponents else None, params)
    verdict = "champion" if reigns else judged.outcome
    table = f"**Version {version} of {name} is the champion.**\n\n" if reigns else ""
    table += verdict_table(judged) if judged else ""
    files.write_text(table, layout.GATE_REPORT)
    files.write_json(
        {
            "run_id": run,
            "model": name,
            "version": version,
            "decision": decision,
            "verdict": verdict,
        },
        layout.REGISTER_REPORT,
    )
    return f"register: {name} version {version} {decision}, gate: {verdict}, run {run}"


def publish(client: MlflowClient, run: str, name: str, identity: str, number: int | None) -> str:
    """Register what the stages before have made; the version, `number` if that is free."""
    with tempfile.TemporaryDirectory() as scratch:
        trained_on = Path(scratch) / "trained_on.parquet"
        files.write_parquet(published_model.trained_on(), trained_on)
        return registry.publish(
            client,
            run,
            name,
            files.read_json(layout.FEATURIZER_DESCRIPTION)["labels"],
            {
                "featurizer": layout.FEATURIZER,
                "network": layout.NETWORK,
                "decision": layout.RESULTS,
                "trained_on": str(trained_on),
            },
            {runs.IDENTITY_TAG: identity},
            number=number,
        )


if __name__ == "__main__":
    run_stage(main)
