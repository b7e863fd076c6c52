"""The gate on the pipeline's files: scores gathered, a verdict reached and kept with a version."""

import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.entities.model_registry import ModelVersion

from rnnops.core import files, layout
from rnnops.core.sections import Parameters
from rnnops.gate.judge import judge
from rnnops.gate.markdown import verdict_table
from rnnops.gate.params import Gate
from rnnops.gate.verdict import Outcome, Verdict
from rnnops.metrics.evaluation import BASELINE, NETWORK, prefix
from rnnops.metrics.scores import Scores
from rnnops.registry import published_model
from rnnops.registry import versions as registry
from rnnops.registry.decisions import Decision
from rnnops.registry.version_documents import present

VERDICT_TAG = "gate.verdict"
REASON_TAG = "gate.reason"
AGAINST_TAG = "gate.against"  # identity of the champion it was judged against
BY_TAG = "gate.by"  # digest of the gate's parameters
NOBODY = "no champion"
PASSED = "passed"
NOT_JUDGED = "not judged"


@dataclass(frozen=True)
class StandingVerdict:
    """What a version's tags say of it: `problem` is why it may not be promoted, None if it may."""

    problem: str | None
    reason: str
    numbers: dict[str, Any]


def judge_challenger(params: Gate, folder: Path | None) -> Verdict:
    """The verdict on the pipeline's network against the champion in `folder`, None without one.

    Messages that the champion was trained on, and their near-duplicates, are left out and counted.
    """
    measured = files.read_json(layout.RESULTS)
    labels = files.read_json(layout.FEATURIZER_DESCRIPTION)["labels"]
    predictions = files.read_parquet(layout.PREDICTIONS)
    rows = predictions[predictions["split"] == layout.TEST].reset_index(drop=True)
    excluded = 0
    if folder is not None:
        known = is_known(rows, published_model.seen(folder))
        excluded, rows = int(known.sum()), rows[~known].reset_index(drop=True)
        if obstacle := _obstacle(rows, labels, published_model.decision(folder)["labels"]):
            outcome, reason = obstacle
            counts = len(rows), rows["cluster"].nunique(), excluded
            return Verdict(outcome, f"{outcome}: {reason}", "champion", *counts)

    def scores_of(model: str, threshold: float | None) -> Scores:
        return Scores.from_frame(rows, labels, measured["positive"], threshold, prefix(model))

    return judge(
        scores_of(NETWORK, measured["threshold"]),
        None if folder is None else _scores_of_champion(folder, rows),
        scores_of(BASELINE, measured["thresholds"][BASELINE]),
        rows["cluster"].to_numpy(),
        rows["source"].to_numpy(),
        params,
        excluded=excluded,
    )


def is_known(rows: pd.DataFrame, seen: pd.DataFrame) -> pd.Series:
    """Which rows are among the messages seen, or near-duplicates of one: of a cluster then or now.

    Args:
        rows, seen: columns id and cluster; a cluster's name may have changed between them.
    """
    known = rows["id"].isin(seen["id"])
    clusters = {*seen["cluster"], *rows.loc[known, "cluster"]}
    return known | rows["cluster"].isin(clusters)


def _obstacle(
    rows: pd.DataFrame, labels: list[str], champions: list[str]
) -> tuple[Outcome, str] | None:
    if labels != champions:
        theirs, ours = ", ".join(champions), ", ".join(labels)
        return "refused", f"the champion's labels are {theirs}, the challenger's {ours}"
    if rows.empty:
        reason = "the champion was trained on every message of the test split: add new messages"
        return "not enough to judge", reason
    return None


def _scores_of_champion(folder: Path, rows: pd.DataFrame) -> Scores:
    texts = files.read_parquet(layout.split_file(layout.TEST)).set_index("id")["text"]
    frame = published_model.score(folder, texts.loc[rows["id"]])
    return Scores.from_frame(frame.assign(label=rows["label"]), **published_model.decision(folder))


def judge_version(
    client: mlflow.MlflowClient, found: ModelVersion, standing: Decision | None, params: Parameters
) -> Verdict | None:
    """The verdict on the pipeline's network, registered as `found`: the one it has, else a new one.

    A verdict holds as long as the champion and the gate's parameters are what they were.

    Args:
        standing: the champion it is judged against.

    Returns:
        None when that champion is not in this registry.
    """
    wanted = _conditions(standing, params[Gate])
    if wanted.items() <= found.tags.items():
        recorded = _recorded(client, found)
        if wanted.items() <= recorded.items():
            return Verdict.from_dict(recorded["verdict"])
    if standing is None:
        verdict = judge_challenger(params[Gate], None)
    else:
        reigning = registry.find_version(client, found.name, standing.identity)
        if reigning is None:
            return None
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "champion"
            published_model.fetch(found.name, reigning, folder)
            verdict = judge_challenger(params[Gate], folder)
    present(client, found, params, verdict)
    _record(client, found, verdict, wanted)
    return verdict


def verdict_label(found: ModelVersion, standing: Decision | None, params: Gate) -> str:
    """The verdict in a version's tags, with what it is about unless that still holds.

    Args:
        standing: the present champion.
    """
    verdict = found.tags.get(VERDICT_TAG)
    wanted = _conditions(standing, params)
    if verdict is None:
        return NOT_JUDGED
    if found.tags.get(BY_TAG) != wanted[BY_TAG]:
        return f"{verdict} by other parameters of the gate"
    if found.tags.get(AGAINST_TAG) != wanted[AGAINST_TAG]:
        return f"{verdict} against another champion"
    return verdict


def standing_verdict(
    client: mlflow.MlflowClient, found: ModelVersion, standing: Decision | None, params: Gate
) -> StandingVerdict:
    """Whether `found` may replace the champion `standing`, by the verdict it was given."""
    wanted = _conditions(standing, params)
    if not {VERDICT_TAG, *wanted} <= set(found.tags):
        return StandingVerdict("`dvc repro` on its commit has yet to judge it", "", {})
    recorded = _recorded(client, found)
    verdict = Verdict.from_dict(recorded["verdict"])
    problem = None
    if recorded[BY_TAG] != wanted[BY_TAG]:
        problem = "it was judged by other parameters of the gate: `dvc repro` judges it anew"
    elif recorded[AGAINST_TAG] != wanted[AGAINST_TAG]:
        problem = (
            "its verdict is about another champion than the present one "
            f"({_number(client, found.name, standing)}): `dvc repro` on its commit judges it anew"
        )
    elif not verdict.passed:
        problem = verdict.reason
    primary = verdict.to_dict()["checks"][:1]
    return StandingVerdict(problem, verdict.reason, primary[0] if primary else {})


def _number(client: mlflow.MlflowClient, name: str, standing: Decision | None) -> str:
    if standing is None:
        return "none"
    return f"version {registry.number_here(client, name, standing.version, standing.identity)}"


def _record(
    client: mlflow.MlflowClient, found: ModelVersion, verdict: Verdict, wanted: dict[str, str]
) -> None:
    """Write the verdict to the version and its run; the tags that make it hold come last."""
    recorded = {**wanted, "verdict": verdict.to_dict()}
    client.log_dict(found.run_id, recorded, _artifact(found, "json"))
    client.log_text(found.run_id, verdict_table(verdict), _artifact(found, "md"))
    said = {
        VERDICT_TAG: verdict.outcome,
        REASON_TAG: verdict.reason,
        **wanted,
    }
    for key, value in said.items():
        client.set_model_version_tag(found.name, found.version, key, value)


def _recorded(client: mlflow.MlflowClient, found: ModelVersion) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = client.download_artifacts(found.run_id, _artifact(found, "json"), folder)
        return files.read_json(path)


def _artifact(found: ModelVersion, ending: str) -> str:
    return f"gate/version-{found.version}.{ending}"


def _conditions(standing: Decision | None, params: Gate) -> dict[str, str]:
    """What a verdict holds under: the champion it is about and the gate's parameters."""
    said = json.dumps(params.model_dump(), sort_keys=True)
    return {
        AGAINST_TAG: standing.identity if standing else NOBODY,
        BY_TAG: hashlib.sha256(said.encode()).hexdigest(),
    }
