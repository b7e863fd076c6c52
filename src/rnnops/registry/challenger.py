"""The challenger: the version registered last, judged by the gate against its opponent."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import mlflow
import pandas as pd
from mlflow.entities.model_registry import ModelVersion

from rnnops.core import files, layout
from rnnops.core.sections import Parameters
from rnnops.gate.judge import judge
from rnnops.gate.params import Gate
from rnnops.gate.verdict import Outcome, Verdict
from rnnops.metrics.evaluation import NETWORK, prefix
from rnnops.metrics.scores import Scores
from rnnops.registry import published_model
from rnnops.registry.decisions import Decision, standing_promotions
from rnnops.registry.verdicts import find_verdict, record_verdict
from rnnops.registry.version_documents import write_documents
from rnnops.registry.versions import find_version
from rnnops.report.results import Results


def choose_opponent(decisions: Sequence[Decision], identity: str) -> Decision | None:
    """The champion that a model is judged against, None without one.

    The champion itself is judged against the one it followed.
    """
    standing = standing_promotions(decisions)
    if standing and standing[-1].identity == identity:
        standing.pop()
    return standing[-1] if standing else None


def judge_version(
    client: mlflow.MlflowClient, found: ModelVersion, opponent: Decision | None, params: Parameters
) -> Verdict | None:
    """The verdict on the pipeline's network, registered as `found`: the one it has, else a new one.

    A verdict holds as long as the opponent and the gate's parameters are the same.

    Returns:
        None when the opponent is not in this registry.
    """
    if known := find_verdict(client, found, opponent, params[Gate]):
        return known
    if opponent is None:
        verdict = judge_challenger(params[Gate], None)
    else:
        version = find_version(client, found.name, opponent.identity)
        if version is None:
            return None
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "champion"
            published_model.fetch(found.name, version, folder)
            verdict = judge_challenger(params[Gate], folder)
    write_documents(client, found, params, verdict)
    record_verdict(client, found, verdict, opponent, params[Gate])
    return verdict


def judge_challenger(params: Gate, folder: Path | None) -> Verdict:
    """The verdict on the pipeline's network against the champion in `folder`, None without one.

    Messages that the champion was trained on, and their near-duplicates, are left out and counted.
    """
    results = Results.read()
    predictions = files.read_parquet(layout.PREDICTIONS)
    rows = predictions[predictions["split"] == layout.TEST].reset_index(drop=True)
    excluded = 0
    if folder is not None:
        known = is_known(rows, published_model.read_training_ids(folder))
        excluded, rows = int(known.sum()), rows[~known].reset_index(drop=True)
        champion_labels = published_model.read_decision_rule(folder)["labels"]
        if obstacle := _obstacle(rows, results.labels, champion_labels):
            outcome, reason = obstacle
            counts = len(rows), rows["cluster"].nunique(), excluded
            return Verdict(outcome, f"{outcome}: {reason}", "champion", *counts)

    def scores_of(model: str) -> Scores:
        threshold = results.thresholds[model]
        return Scores.from_frame(rows, results.labels, results.positive, threshold, prefix(model))

    return judge(
        scores_of(NETWORK),
        None if folder is None else _score_champion(folder, rows),
        scores_of(results.best_baseline),
        rows["cluster"].to_numpy(),
        rows["source"].to_numpy(),
        params,
        excluded=excluded,
    )


def is_known(rows: pd.DataFrame, training_ids: pd.DataFrame) -> pd.Series:
    """Which rows a model was trained on, or on a near-duplicate of: of a cluster then or now.

    Args:
        rows, training_ids: columns id and cluster; a cluster's name may differ between them.
    """
    known = rows["id"].isin(training_ids["id"])
    clusters = {*training_ids["cluster"], *rows.loc[known, "cluster"]}
    return known | rows["cluster"].isin(clusters)


def _obstacle(
    rows: pd.DataFrame, labels: list[str], champion_labels: list[str]
) -> tuple[Outcome, str] | None:
    """Why the models cannot be compared, None if they can."""
    if labels != champion_labels:
        theirs, ours = ", ".join(champion_labels), ", ".join(labels)
        return "refused", f"the champion's labels are {theirs}, the challenger's {ours}"
    if rows.empty:
        reason = "the champion was trained on every message of the test split: add new messages"
        return "not enough to judge", reason
    return None


def _score_champion(folder: Path, rows: pd.DataFrame) -> Scores:
    texts = files.read_parquet(layout.split_file(layout.TEST)).set_index("id")["text"]
    frame = published_model.score(folder, texts.loc[rows["id"]].tolist())
    rule = published_model.read_decision_rule(folder)
    return Scores.from_frame(frame.assign(label=rows["label"]), **rule)
