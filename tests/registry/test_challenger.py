"""The pipeline's network against a published champion, on messages that both have partly seen."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from corpus import WORDS
from decision_history import NAME, decision
from model_documents import RESULTS, source, split
from project import ROOT

from rnnops.core import files, layout
from rnnops.core.params import load_params
from rnnops.gate.params import Gate
from rnnops.metrics.evaluation import predictions_frame
from rnnops.registry import published_model
from rnnops.registry.challenger import judge_version
from rnnops.registry.classification import judge_challenger
from rnnops.registry.looks import read_looks
from rnnops.registry.verdicts import find_verdict, verdict_conditions
from rnnops.registry.versions import get_version
from rnnops.split.params import Split

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
    files.write_json(split(), layout.SPLIT_REPORT)
    files.write_json({"by_source": {"network": {"made": source()}}}, layout.SLICES)
    replace(RESULTS, thresholds=dict.fromkeys(every, 0.5)).write()
    files.write_text("<html><section>Metrics</section></html>", layout.REPORT)
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


@pytest.fixture
def params(gate):
    return load_params(ROOT / "params.yaml").with_section(gate)


@pytest.fixture
def version(client, publish, model_files, pipeline):  # noqa: ARG001
    """A challenger that is registered, read again from the registry; it lists no test message."""
    artifacts, _ = model_files
    known = pd.DataFrame({"id": ["b0"], "cluster": ["b0"]})
    files.write_parquet(known, artifacts["trained_on"])
    number = publish(client, "challenger")
    return lambda: get_version(client, NAME, number)


AGAINST = decision(1, "1", identity="champion")


def test_a_challenger_is_judged_once_against_a_champion_and_the_look_is_kept(
    client, version, params
):
    verdict = judge_version(client, version(), AGAINST, params)
    assert (verdict.opponent, verdict.look, verdict.rows) == ("champion", 1, 105)
    (look,) = read_looks(client, NAME)
    assert (look.champion, look.challenger) == ("champion", "challenger")
    assert (look.number, look.split_seed) == (1, params[Split].seed)
    assert look.gate == verdict_conditions(AGAINST, params[Gate])["gate.by"]
    assert find_verdict(client, version(), AGAINST, params[Gate]) == verdict
    described = client.get_model_version(NAME, version().version).description
    assert verdict.reason in described.replace("\\", "")
    run_files = {each.path for each in client.list_artifacts(version().run_id)}
    assert {"report.html", "model_card.md"} <= run_files
    client.delete_model_version(NAME, "1")  # what is judged again would miss it
    assert judge_version(client, version(), AGAINST, params) == verdict
    other = params.with_section(params[Gate].model_copy(update={"seed": 1}))
    assert judge_version(client, version(), AGAINST, other) is None


def test_without_a_champion_the_baseline_is_the_opponent_and_no_look_is_taken(
    client, version, params
):
    verdict = judge_version(client, version(), None, params)
    assert (verdict.opponent, verdict.look, verdict.rows) == ("baseline", None, 113)
    assert find_verdict(client, version(), None, params[Gate]) == verdict
    assert read_looks(client, NAME) == set()


def test_a_champion_that_is_not_in_the_registry_judges_nobody(client, version, params):
    absent = decision(1, "1", identity="absent")
    assert judge_version(client, version(), absent, params) is None
    assert "gate.verdict" not in version().tags


def test_where_nothing_is_compared_no_look_is_taken(client, version, params):
    strict = params.with_section(params[Gate].model_copy(update={"min_messages": 106}))
    verdict = judge_version(client, version(), AGAINST, strict)
    assert (verdict.outcome, verdict.look) == ("not enough to judge", 1)
    assert read_looks(client, NAME) == set()


@pytest.mark.usefixtures("pipeline")
def test_other_labels_than_the_champions_are_refused(gate):
    results = files.read_json(layout.RESULTS) | {"labels": ["eggs", "ham", "spam"]}
    files.write_json(results, layout.RESULTS)
    verdict = judge_challenger(gate, CHAMPION)
    assert (verdict.outcome, verdict.opponent) == ("refused", "champion")
    assert verdict.reason == (
        "refused: the champion's labels are ham, spam, the challenger's eggs, ham, spam"
    )
    assert (verdict.rows, verdict.clusters, verdict.checks) == (105, 105, ())
    assert (verdict.excluded, verdict.excluded_by_challenger) == (10, 5)


@pytest.mark.usefixtures("pipeline")
def test_a_test_split_that_the_models_know_whole_is_not_enough(gate):
    test = files.read_parquet(layout.split_file(layout.TEST))
    files.write_parquet(test[:3], layout.split_file(layout.TEST))
    verdict = judge_challenger(gate, CHAMPION)
    assert verdict.reason == (
        "not enough to judge: the models were trained on all messages of the test split: "
        "add new ones"
    )
    assert (verdict.rows, verdict.excluded) == (0, 3)
