"""The challenger: the version registered last, judged by the gate against its opponent."""

import tempfile
from pathlib import Path

import mlflow
import numpy as np
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
from rnnops.registry.decisions import Decision
from rnnops.registry.leaked_rows import known_to_challenger, known_to_champion
from rnnops.registry.looks import read_looks, record_look, take_look
from rnnops.registry.verdicts import BY_TAG, find_verdict, record_verdict, verdict_conditions
from rnnops.registry.version_documents import write_documents
from rnnops.registry.versions import find_version
from rnnops.report.results import Results
from rnnops.split.params import Split
from rnnops.tracking.tags import IDENTITY_TAG


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
    look = None
    if opponent is None:
        verdict = judge_challenger(params[Gate], None)
    else:
        version = find_version(client, found.name, opponent.identity)
        if version is None:
            return None
        look = take_look(
            read_looks(client, found.name),
            found.name,
            opponent.identity,
            params[Split].seed,
            found.tags[IDENTITY_TAG],
            verdict_conditions(opponent, params[Gate])[BY_TAG],
        )
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "champion"
            published_model.fetch(found.name, version, folder)
            verdict = judge_challenger(params[Gate], folder, look.number)
    if look and verdict.checks:  # else nothing was compared
        record_look(client, look)
    write_documents(client, found, params, verdict)
    record_verdict(client, found, verdict, opponent, params[Gate])
    return verdict


def judge_challenger(params: Gate, folder: Path | None, look: int | None = None) -> Verdict:
    """The verdict on the pipeline's network against the champion in `folder`, None without one.

    Messages that either model was trained on, and their near-duplicates, are left out and counted.

    Args:
        look: as for `judge`.
    """
    results = Results.read()
    rows = _read_test_rows()
    by_champion = np.zeros(len(rows), dtype=bool)
    if folder is not None:
        by_champion = known_to_champion(rows, folder)
    by_challenger = known_to_challenger(rows) & ~by_champion
    excluded = int(by_champion.sum()), int(by_challenger.sum())
    rows = rows[~(by_champion | by_challenger)].reset_index(drop=True)
    if folder is not None:
        champion_labels = published_model.read_decision_rule(folder)["labels"]
        if obstacle := _obstacle(rows, results.labels, champion_labels):
            outcome, reason = obstacle
            counts = len(rows), rows["cluster"].nunique(), excluded[0]
            return Verdict(
                outcome,
                f"{outcome}: {reason}",
                "champion",
                *counts,
                excluded_by_challenger=excluded[1],
            )

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
        excluded=excluded[0],
        excluded_by_challenger=excluded[1],
        look=look,
    )


def _read_test_rows() -> pd.DataFrame:
    """The predictions of the test split, with the messages' texts."""
    predictions = files.read_parquet(layout.PREDICTIONS)
    texts = files.read_parquet(layout.split_file(layout.TEST), columns=["id", "text"])
    return predictions[predictions["split"] == layout.TEST].merge(texts, on="id")


def _obstacle(
    rows: pd.DataFrame, labels: list[str], champion_labels: list[str]
) -> tuple[Outcome, str] | None:
    """Why the models cannot be compared, None if they can."""
    if labels != champion_labels:
        theirs, ours = ", ".join(champion_labels), ", ".join(labels)
        return "refused", f"the champion's labels are {theirs}, the challenger's {ours}"
    if rows.empty:
        reason = "the models were trained on every message of the test split: add new messages"
        return "not enough to judge", reason
    return None


def _score_champion(folder: Path, rows: pd.DataFrame) -> Scores:
    frame = published_model.score(folder, rows["text"].tolist())
    rule = published_model.read_decision_rule(folder)
    return Scores.from_frame(frame.assign(label=rows["label"]), **rule)
