from dataclasses import replace

import pytest
from hostile_text import HOSTILE, assert_inert_markdown
from model_documents import RESULTS, metric, source, split

from rnnops.gate.verdict import Verdict
from rnnops.metrics.metrics import METRICS
from rnnops.registry.model_card import SOURCES_SHOWN, describe_run, render_model_card

PARAMS = {
    "data.dataset": "spam-email",
    "features.method": "hybrid",
    "train.units": 100,
    "train.bidirectional": True,
    "train.sequence_length": 400,
    "evaluate.max_false_positive_rate": 0.005,
}
VERDICT = Verdict(
    "refused", "roc_auc is lower: -0.0021 [-0.0040, -0.0004]", "champion", 800, 700, 0
)


def card(**changed):
    arguments = {
        "name": "spam-email-classifier",
        "version": "3",
        "params": PARAMS,
        "split": split(),
        "results": RESULTS,
        "slices": {"network": {"easy-ham-1": source(), "spam-2": source(205)}},
        "verdict": VERDICT,
        "lineage": {"git.commit": "c0ffee", "data/splits, md5": "abc"},
    }
    return render_model_card(**{**arguments, **changed})


def row(text, first):
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {first} |")]
    return [cell.strip() for cell in line.split(" | ")[1:]]


def test_says_what_it_is_for_how_good_it_is_and_where_it_is_from():
    text = card()
    assert text.startswith("# spam-email-classifier, version 3\n")
    for said in (
        "classifies messages as ham or spam",
        "SimpleRNN, 100 units",
        "combined with the linear baseline, linear svm",
        "at most 400 tokens",
        'load_model("models:/spam-email-classifier/3")',
        "**roc_auc is lower: -0.0021 [-0.0040, -0.0004]**",
        "classified as spam when its probability of spam is greater than 0.6124",
        "an expected false-positive rate on new messages of at most 0.5%",
        "Of 6,046 messages, 21 are left out",
        "No cluster of near-duplicates is in more than one split",
    ):
        assert said in text
    assert row(text, "test") == ["944", "740", "663", "281 |"]
    assert row(text, "git.commit") == ["c0ffee |"]
    assert text == card()


def test_metrics_stand_beside_the_baselines_with_their_intervals():
    text = card()
    assert row(text, "metric") == ["network", "baseline: linear svm", "difference |"]
    assert row(text, "Accuracy") == [
        "0.9852 [0.9763, 0.9928]", "0.9831 [0.9726, 0.9915]", "+0.0021 [-0.0042, +0.0085] |",
    ]  # fmt: skip
    assert row(text, "Log loss (lower is better)") == ["0.0334", "n/a", "n/a |"]


def test_the_largest_sources_are_shown():
    many = {f"source-{size:02}": source(size) for size in range(1, SOURCES_SHOWN + 4)}
    text = card(slices={"network": many})
    assert row(text, f"source-{SOURCES_SHOWN + 3}")[0] == str(SOURCES_SHOWN + 3)
    assert "source-03" not in text
    assert "source-04" in text
    assert "3 smaller ones are left out" in text
    assert "smaller ones" not in card()


def test_a_leak_is_said_aloud():
    assert "7 clusters of near-duplicates are in more than one split" in card(split=split(7))


def test_many_labels_have_no_threshold_and_mean_metrics():
    mean = {METRICS["f1"].key(None): metric(0.75)}
    results = replace(
        RESULTS,
        positive=None,
        thresholds=dict.fromkeys(RESULTS.thresholds),
        metrics={"test": dict.fromkeys(RESULTS.thresholds, mean)},
        difference={"test": mean},
    )
    text = card(results=results, split=split(labels=dict.fromkeys("abc", 100)))
    assert "most probable label" in text
    assert row(text, "F1, mean over labels") == ["0.7500", "0.7500", "+0.7500 |"]
    assert "a, b or c" in text
    assert "None" not in text


def test_the_card_of_a_network_alone_mentions_no_combination():
    assert "combined" not in card(params=PARAMS | {"features.method": "bow"})


@pytest.mark.parametrize(
    "changed",
    [
        {"params": PARAMS | {"data.dataset": HOSTILE}},
        {"split": split(labels={HOSTILE: 3})},
        {"slices": {"network": {HOSTILE: source()}}},
        {"verdict": replace(VERDICT, reason=HOSTILE)},
        {"lineage": {HOSTILE: HOSTILE}},
    ],
)
def test_hostile_text_is_inert(changed):
    assert_inert_markdown(card(**changed))


def test_hostile_text_in_a_runs_description_is_inert():
    assert_inert_markdown(describe_run(RESULTS, replace(VERDICT, reason=HOSTILE)))


def test_a_run_is_described_by_its_verdict_and_the_headlines_of_validation_first():
    text = describe_run(RESULTS, replace(VERDICT, reason="better"))
    assert text.startswith(
        "**Verdict of the gate:** better\n\n**On the validation split:** Accuracy 0.9914."
    )
    assert row(text, "Accuracy")[0] == "0.9852 [0.9763, 0.9928]"
