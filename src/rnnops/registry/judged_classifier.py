"""The verdict on a classifier, from the test rows that no model was trained on."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd

from rnnops.gate.judge import judge
from rnnops.gate.params import AnyGate, Gate
from rnnops.gate.verdict import Outcome, Verdict
from rnnops.metrics.evaluation import NETWORK, prefix
from rnnops.metrics.scores import Scores
from rnnops.report.results import Results


class Champion(NamedTuple):
    """The champion: its `labels`, `positive` label and `threshold`, and how it scores the rows.

    `score` gives columns p_<label>, a row for each of the rows. `obstacle`: why it cannot.
    """

    rule: dict[str, Any]
    score: Callable[[], pd.DataFrame]
    obstacle: str | None = None


def judge_classifier(
    params: AnyGate,
    rows: pd.DataFrame,
    excluded: tuple[int, int],
    champion: Champion | None,
    look: int | None,
    of: str = "messages",
) -> Verdict:
    """The verdict on the pipeline's network against the champion, None without one.

    Args:
        rows: from `unknown_test_rows`.
        excluded: how many others the champion, and the challenger alone, were trained on.
        look: as for `judge`.
        of: what the rows are, in the plural.
    """
    if not isinstance(params, Gate):
        raise TypeError(f"{type(params).__name__} is no gate of classifiers")
    results = Results.read()
    if champion is not None and (found := _obstacle(rows, results.labels, champion, of)):
        outcome, reason = found
        return Verdict(
            outcome,
            f"{outcome}: {reason}",
            "champion",
            len(rows),
            rows["cluster"].nunique(),
            excluded[0],
            excluded_by_challenger=excluded[1],
            of=of,
        )

    def scores_of(model: str) -> Scores:
        threshold = results.thresholds[model]
        return Scores.from_frame(rows, results.labels, results.positive, threshold, prefix(model))

    return judge(
        scores_of(NETWORK),
        None if champion is None else _scores_of_champion(champion, rows),
        scores_of(results.best_baseline),
        rows["cluster"].to_numpy(),
        rows["source"].to_numpy(),
        params,
        excluded=excluded[0],
        excluded_by_challenger=excluded[1],
        look=look,
        of=of,
    )


def _obstacle(
    rows: pd.DataFrame, labels: list[str], champion: Champion, of: str
) -> tuple[Outcome, str] | None:
    """Why the models cannot be compared, None if they can."""
    if labels != champion.rule["labels"]:
        theirs, ours = ", ".join(champion.rule["labels"]), ", ".join(labels)
        return "refused", f"the champion's labels are {theirs}, the challenger's {ours}"
    if champion.obstacle:
        return "refused", champion.obstacle
    if rows.empty:
        reason = f"the models were trained on all {of} of the test split: add new ones"
        return "not enough to judge", reason
    return None


def _scores_of_champion(champion: Champion, rows: pd.DataFrame) -> Scores:
    return Scores.from_frame(champion.score().assign(label=rows["label"]), **champion.rule)
