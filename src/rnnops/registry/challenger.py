"""The challenger: the version registered last, judged by the gate against its opponent."""

import tempfile
from pathlib import Path

import mlflow
from mlflow.entities.model_registry import ModelVersion

from rnnops.core.sections import Parameters
from rnnops.gate.params import gate_of
from rnnops.gate.verdict import Verdict
from rnnops.registry import published_model
from rnnops.registry.decisions import Decision
from rnnops.registry.looks import read_looks, record_look, take_look
from rnnops.registry.task import task_of
from rnnops.registry.verdicts import BY_TAG, find_verdict, record_verdict, verdict_conditions
from rnnops.registry.versions import find_version
from rnnops.split.params import seed_of_split
from rnnops.tracking.tags import IDENTITY_TAG


def judge_version(
    client: mlflow.MlflowClient, found: ModelVersion, opponent: Decision | None, params: Parameters
) -> Verdict | None:
    """The verdict on the pipeline's network, registered as `found`: the one it has, else a new one.

    A verdict holds as long as the opponent and the gate's parameters are the same.

    Returns:
        None when the opponent is not in this registry.
    """
    task, gate = task_of(params), gate_of(params)
    if known := find_verdict(client, found, opponent, gate):
        return known
    look = None
    if opponent is None:
        verdict = task.judge_challenger(gate, None)
    else:
        version = find_version(client, found.name, opponent.identity)
        if version is None:
            return None
        look = take_look(
            read_looks(client, found.name),
            found.name,
            opponent.identity,
            seed_of_split(params),
            found.tags[IDENTITY_TAG],
            verdict_conditions(opponent, gate)[BY_TAG],
        )
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "champion"
            published_model.fetch(found.name, version, folder)
            verdict = task.judge_challenger(gate, folder, look.number)
    if look and verdict.checks:  # else nothing was compared
        record_look(client, look)
    task.write_documents(client, found, params, verdict)
    record_verdict(client, found, verdict, opponent, gate)
    return verdict
