"""The pipeline's network against a published champion, on messages that both have partly seen."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from corpus import WORDS
from decision_history import NAME

from rnnops.core import files, layout
from rnnops.metrics.evaluation import predictions_frame
from rnnops.registry import published_model
from rnnops.registry.challenger import judge_challenger
from rnnops.report.results import Results

pytestmark = pytest.mark.slow  # a champion scores in a program of its own

CHAMPION = Path("fetched")
LABELS = ["ham", "spam"]
ROWS = 120
LISTED, NEAR_CHAMPION, NEAR_CHALLENGER = range(3), range(3, 10), range(8, 15)  # two are near both


@pytest.fixture
def words():
    random = np.random.default_rng(0)
    kinds = np.where(np.arange(ROWS) % 2, "buy", "meet")
    return [" ".join([kind, *random.choice(WORDS, 30)]) for kind in kinds]


@pytest.fixture
def pipeline(client, publish, model_files, words):
    """What the stages leave; the network is wrong on the 15 messages that one of the models saw."""
    ids = [f"t{place}" for place in range(ROWS)]
    texts = pd.Series(words)
    label = np.arange(ROWS) % 2
    test = pd.DataFrame(
        {
            "id": ids,
            "text": texts,
            "source": "made",
            "cluster": ids,
            "label": np.array(LABELS)[label],
        }
    )
    near = [pd.DataFrame({"id": [f"{kind}{place}" for place in places],
                          "text": [f"{texts[place]} regards" for place in places]})
            for kind, places in (("a", NEAR_CHAMPION), ("b", NEAR_CHALLENGER))]  # fmt: skip
    files.write_parquet(test, layout.split_file(layout.TEST))
    files.write_parquet(near[1][:3], layout.split_file(layout.TRAIN))
    files.write_parquet(near[1][3:], layout.split_file(layout.VALIDATION))
    files.write_parquet(pd.concat([test, *near]), layout.MESSAGES)
    wrong = np.isin(np.arange(ROWS), range(15))
    p_spam = np.where((label == 1) ^ wrong, 0.9, 0.1)
    probabilities = np.column_stack([1 - p_spam, p_spam])
    every = dict.fromkeys(["network", "linear_svm"], probabilities)
    rows = test.drop(columns="text").assign(split=layout.TEST)
    files.write_parquet(predictions_frame(rows, LABELS, every), layout.PREDICTIONS)
    Results(
        dataset="mine", labels=LABELS, positive="spam", max_false_positive_rate=0.005,
        best_baseline="linear_svm", thresholds=dict.fromkeys(every, 0.5), metrics={}, difference={},
    ).write()  # fmt: skip
    seen = [*(ids[place] for place in LISTED), *near[0]["id"], "no longer in the data"]
    artifacts, _ = model_files
    files.write_parquet(pd.DataFrame({"id": seen, "cluster": seen}), artifacts["trained_on"])
    published_model.fetch(NAME, publish(client, "champion"), CHAMPION)


@pytest.mark.usefixtures("pipeline")
def test_what_either_model_has_seen_is_left_out_and_counted(gate):
    verdict = judge_challenger(gate, CHAMPION, look=2)
    assert (verdict.excluded, verdict.excluded_by_challenger) == (10, 5)
    assert (verdict.rows, verdict.clusters, verdict.look) == (105, 105, 2)
    (errors,) = [check for check in verdict.checks if check.name == "errors"]
    assert (errors.opponent_value, errors.challenger_value) == (0, 0)
    alone = judge_challenger(gate, None)
    assert (alone.excluded, alone.excluded_by_challenger, alone.rows) == (0, 7, 113)


@pytest.mark.usefixtures("pipeline")
def test_the_minimum_numbers_hold_for_what_is_left(gate):
    verdict = judge_challenger(gate.model_copy(update={"min_messages": 106}), CHAMPION)
    assert verdict.outcome == "not enough to judge"
    assert "105 messages, 106 needed (15 messages left out" in verdict.reason
