"""Complete the runs in MLflow and register the model version, unless that is done already."""

from rnnops import config, files
from rnnops.console import run_stage
from rnnops.tracking import registry, runs, store
from rnnops.tracking.outputs import read_baselines, read_network


def main() -> str:
    params = config.load()
    name = registry.model_name(params.data.dataset)
    network, baselines = read_network(params), read_baselines(params)
    client = store.connect()
    experiment = store.experiment_id(client, params.data.dataset)
    with store.exclusive():
        for model in (*baselines, network):
            if runs.find_complete(client, experiment, model) is None:
                run = runs.begin_completion(client, experiment, model)
                runs.complete(client, run, model)
        run = runs.find_complete(client, experiment, network)
        version = registry.find_version(client, name, network.identity)
        decision = "unchanged" if version else "registered"
        if version is None:
            version = registry.publish(
                client,
                run,
                name,
                files.read_json("models/featurizer/featurizer.json")["labels"],
                {
                    "featurizer": "models/featurizer",
                    "network": "models/rnn",
                    "decision": "reports/metrics.json",
                },
                {runs.IDENTITY_TAG: network.identity},
            )
    files.write_json(
        {"run_id": run, "model": name, "version": version, "decision": decision},
        "reports/register.json",
    )
    return f"register: {name} version {version} {decision}, run {run}"


if __name__ == "__main__":
    run_stage(main)
