"""The gate's verdicts on versions, kept in the tags and artifacts of MLflow."""

import hashlib
import json
import tempfile
from dataclasses import dataclass
from typing import Any

import mlflow
from mlflow.entities.model_registry import ModelVersion

from rnnops.core import files
from rnnops.gate.markdown import render_verdict
from rnnops.gate.params import AnyGate
from rnnops.gate.verdict import Verdict
from rnnops.registry.decisions import Decision
from rnnops.registry.versions import describe_number, run_of

VERDICT_TAG = "gate.verdict"
REASON_TAG = "gate.reason"
AGAINST_TAG = "gate.against"  # identity of the champion it was judged against
BY_TAG = "gate.by"  # digest of the gate's rules and parameters
RULES = 2  # one more whenever the same parameters judge by other rules: then all is judged again
NO_CHAMPION = "no champion"
PASSED = "passed"
NOT_JUDGED = "not judged"


@dataclass(frozen=True)
class Eligibility:
    """Whether a version may be promoted: `problem` says why not, None if it may.

    `reason` and `numbers` are those of its verdict, empty without one.
    """

    problem: str | None
    reason: str
    numbers: dict[str, Any]


def record_verdict(
    client: mlflow.MlflowClient,
    found: ModelVersion,
    verdict: Verdict,
    champion: Decision | None,
    params: AnyGate,
) -> None:
    """Write the verdict to the version and its run; the tags that make it valid come last."""
    conditions = verdict_conditions(champion, params)
    record = {**conditions, "verdict": verdict.to_dict()}
    client.log_dict(run_of(found), record, _artifact(found, "json"))
    client.log_text(run_of(found), render_verdict(verdict), _artifact(found, "md"))
    tags = {VERDICT_TAG: verdict.outcome, REASON_TAG: verdict.reason, **conditions}
    for key, value in tags.items():
        client.set_model_version_tag(found.name, found.version, key, value)


def find_verdict(
    client: mlflow.MlflowClient, found: ModelVersion, champion: Decision | None, params: AnyGate
) -> Verdict | None:
    """The verdict on `found` against this champion by these parameters, None if there is none."""
    conditions = verdict_conditions(champion, params)
    if not conditions.items() <= found.tags.items():
        return None
    record = _read_record(client, found)
    if not conditions.items() <= record.items():
        return None
    return Verdict.from_dict(record["verdict"])


def verdict_label(found: ModelVersion, champion: Decision | None, params: AnyGate) -> str:
    """The verdict in a version's tags, and what it holds for if that is no longer the case.

    Args:
        champion: the present one.
    """
    verdict = found.tags.get(VERDICT_TAG)
    conditions = verdict_conditions(champion, params)
    if verdict is None:
        return NOT_JUDGED
    if found.tags.get(BY_TAG) != conditions[BY_TAG]:
        return f"{verdict} by other rules or parameters of the gate"
    if found.tags.get(AGAINST_TAG) != conditions[AGAINST_TAG]:
        return f"{verdict} against another champion"
    return verdict


def check_eligibility(
    client: mlflow.MlflowClient, found: ModelVersion, champion: Decision | None, params: AnyGate
) -> Eligibility:
    """Whether `found` may replace the champion, by the verdict it was given."""
    conditions = verdict_conditions(champion, params)
    if not {VERDICT_TAG, *conditions} <= set(found.tags):
        return Eligibility("it is not judged yet: run `dvc repro` on its commit", "", {})
    record = _read_record(client, found)
    verdict = Verdict.from_dict(record["verdict"])
    problem = None
    if record[BY_TAG] != conditions[BY_TAG]:
        problem = (
            "it was judged by other rules or parameters of the gate: `dvc repro` judges it again"
        )
    elif record[AGAINST_TAG] != conditions[AGAINST_TAG]:
        problem = (
            "it was judged against another champion than the present one "
            f"({_describe(client, found.name, champion)}): `dvc repro` on its commit judges it "
            "again"
        )
    elif not verdict.passed:
        problem = verdict.reason
    primary = verdict.to_dict()["checks"][:1]
    return Eligibility(problem, verdict.reason, primary[0] if primary else {})


def verdict_conditions(champion: Decision | None, params: AnyGate) -> dict[str, str]:
    """The tags that say what a verdict holds for: the champion, the gate's rules and parameters."""
    text = json.dumps({"rules": RULES, **params.model_dump()}, sort_keys=True)
    return {
        AGAINST_TAG: champion.identity if champion else NO_CHAMPION,
        BY_TAG: hashlib.sha256(text.encode()).hexdigest(),
    }


def _describe(client: mlflow.MlflowClient, name: str, champion: Decision | None) -> str:
    if champion is None:
        return "none"
    return f"version {describe_number(client, name, champion.version, champion.identity)}"


def _read_record(client: mlflow.MlflowClient, found: ModelVersion) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = client.download_artifacts(run_of(found), _artifact(found, "json"), folder)
        return files.read_json(path)


def _artifact(found: ModelVersion, ending: str) -> str:
    return f"gate/version-{found.version}.{ending}"
