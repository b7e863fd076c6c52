import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from rnnops.monitoring.drift import ERRORS, Level, compare
from rnnops.monitoring.estimated_performance import HeldOut, are_like_before, estimate
from rnnops.monitoring.new_messages import near_duplicate_clusters
from rnnops.monitoring.params import Drift
from rnnops.monitoring.reference import draw_clusters
from rnnops.monitoring.traits import average_clusters, describe_texts, join_words
from rnnops.monitoring.two_samples import compare_means

PARAMS = Drift(
    false_alarms=0.05, retrain_auc=0.75, permutations=199, reference_messages=1000, seed=0
)
WORDS = np.array([f"word{number}" for number in range(60)])


def messages(number, seed=0, words=WORDS, length=12):
    random = np.random.default_rng(seed)
    return [" ".join(random.choice(words, length)) for _ in range(number)]


def traits(texts, clusters=None, **further):
    tokens = [text.split() for text in texts]
    clusters = np.arange(len(texts)) if clusters is None else clusters
    frames = {name: pd.DataFrame(values) for name, values in further.items()}
    return describe_texts(texts, tokens, np.asarray(clusters, str), frames)


OLD = traits(messages(300, seed=1))


def significant(found):
    return {each.trait for each in found.findings if each.p <= PARAMS.false_alarms}


def test_messages_of_the_same_kind_are_no_drift():
    found = compare(OLD, traits(messages(100, seed=2)), PARAMS)
    assert found.level == Level.NONE
    assert found.messages == {"reference": 300, "new": 100}
    assert [each.p for each in found.findings] == sorted(each.p for each in found.findings)
    assert {each.trait for each in found.findings} == {
        "words", "classifier", "length", "script", "language",
    }  # fmt: skip


def test_a_new_word_is_a_warning_that_names_it():
    texts = messages(100)
    texts[::8] = [f"{text.rpartition(' ')[0]} crypto" for text in texts[::8]]
    found = compare(OLD, traits(texts), PARAMS)
    assert found.level == Level.WARNING
    (words,) = (each for each in found.findings if each.trait == "words")
    assert words.changes[0].feature == "crypto"
    assert (words.changes[0].old, words.changes[0].new) == (0, pytest.approx(0.13))
    assert found.reason.startswith("changed: words")


def test_a_campaign_is_one_event():
    texts = messages(100, seed=2)
    campaign = [f"{messages(1, seed=3)[0]} crypto {number}" for number in range(40)]
    together = traits(texts + campaign, [*range(100), *[100] * 40])
    assert compare(OLD, together, PARAMS).level == Level.NONE
    assert compare(OLD, traits(texts + campaign), PARAMS).level > Level.NONE


def test_messages_unlike_the_old_ask_for_a_new_model():
    others = messages(100, words=np.array([f"other{number}" for number in range(60)]))
    found = compare(OLD, traits(others), PARAMS)
    assert found.level == Level.RETRAIN
    assert found.reason.startswith("a classifier tells new messages from old with an AUC of 1.0")


@pytest.mark.parametrize(
    ("texts", "trait"),
    [
        (messages(100, length=30), "length"),
        (["слово за слово и так весь день до вечера"] * 100, "script"),
        (["heute treffen wir uns am Abend in der Stadt mit den anderen"] * 100, "language"),
    ],
)
def test_each_trait_is_tested(texts, trait):
    assert trait in significant(compare(OLD, traits(texts), PARAMS))


def test_a_shift_of_the_scores_is_reported():
    random = np.random.default_rng(0)
    old = traits(messages(300, seed=1), scores={"spam": random.beta(1, 4, 300)})
    new = traits(messages(200, seed=2), scores={"spam": random.beta(2, 3, 200)})
    assert significant(compare(old, new, PARAMS)) == {"scores"}


def test_more_errors_ask_for_a_new_model_and_fewer_do_not():
    few, many = np.arange(300) % 50 == 0, np.arange(200) % 5 == 0
    old = traits(messages(300, seed=1), errors={"errors": few.astype(float)})
    new = traits(messages(200, seed=2), errors={"errors": many.astype(float)})
    found = compare(old, new, PARAMS)
    assert found.level == Level.RETRAIN
    assert found.reason == (
        "the model errs on 0.2000 of the new messages, and erred on 0.0200 of those it was "
        "measured on"
    )
    assert compare(new, old, PARAMS).level == Level.WARNING


def test_a_trait_that_too_few_messages_have_is_not_tested():
    errors = np.where(np.arange(100) < 4, 1.0, np.nan)
    new = traits(messages(100, seed=2), errors={"errors": errors})
    old = traits(messages(300, seed=1), errors={"errors": np.zeros(300)})
    assert ERRORS not in {each.trait for each in compare(old, new, PARAMS).findings}


def test_a_whole_run_rarely_reports_what_is_not_there():
    """At most 5% of the runs: more than 9 of 100 have a probability of 1%."""
    pool = average_clusters(traits(messages(400, seed=5), scores={"s": np.arange(400) % 7}))
    alarms = 0
    for draw in range(100):
        order = np.random.default_rng(draw).permutation(400)
        found = compare(pool.rows(order[:300]), pool.rows(order[300:]), PARAMS)
        alarms += found.level > Level.NONE
    assert binom.sf(alarms - 1, 100, PARAMS.false_alarms) > 0.01


def test_the_test_of_means_is_exact_under_the_null_hypothesis():
    random = np.random.default_rng(0)
    p_values = [
        compare_means(random.exponential(size=(60, 3)), np.arange(60) < 20, 99, draw).p
        for draw in range(200)
    ]
    assert 0.45 < np.mean(np.array(p_values) <= 0.5) < 0.58
    assert np.mean(np.array(p_values) <= 0.05) <= 0.1
    assert min(p_values) >= 0.01


def test_words_are_counted_once_a_cluster():
    averaged = average_clusters(traits(["a b", "b c", "d"], ["one", "one", "two"]))
    assert averaged.vocabulary.tolist() == ["a", "b", "c", "d"]
    assert averaged.words.toarray().tolist() == [[1, 1, 1, 0], [0, 0, 0, 1]]


def test_words_of_two_samples_are_joined():
    matrix, words = join_words(traits(["a b", "b c"]), traits(["c d"]), 1)
    assert words == ["a", "b", "c", "d"]
    assert matrix.toarray().tolist() == [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]]
    assert join_words(traits(["a b", "b c"]), traits(["c d"]), 2)[1] == ["b", "c"]


def test_clusters_join_what_a_message_ties_together():
    one = "a b c d e f g h i j k l"
    other = "m n o p q r s t u v w x"
    found = near_duplicate_clusters([one, other, "y z", f"{one} {other}"], 0.4)
    assert len(set(found)) == 2
    assert found[0] == found[1] == found[3]


def test_the_reference_is_drawn_by_whole_clusters():
    rows = pd.DataFrame({"cluster": [f"c{row // 4}" for row in range(100)]})
    drawn = draw_clusters(rows, 30, seed=0)
    assert len(drawn) == 28
    assert (drawn["cluster"].value_counts() == 4).all()
    assert draw_clusters(rows, 100, seed=0) is rows


def scored(number, share, seed):
    """Messages whose words and scores follow from the label: traits, probabilities, labels."""
    random = np.random.default_rng(seed)
    is_positive = random.random(number) < share
    kinds = [WORDS[:40], WORDS[20:]]
    texts = [" ".join(random.choice(kinds[int(each)], 12)) for each in is_positive]
    logits = random.normal(np.where(is_positive, 2, -2), 1.4)
    probabilities = 1 / (1 + np.exp(-logits))
    return traits(texts, scores={"spam": probabilities}), probabilities, is_positive


def test_rates_are_estimated_without_labels_when_only_the_shares_change():
    old, known, truth = scored(1000, 0.3, seed=0)
    new, probabilities, hidden = scored(400, 0.6, seed=1)
    held_out = HeldOut(known, truth, np.arange(1000))
    assert are_like_before(old, held_out, new, probabilities, PARAMS)
    found = estimate(held_out, probabilities, np.arange(400), 0.5, seed=0)
    recall = np.mean(probabilities[hidden] > 0.5)
    false_positives = np.mean(probabilities[~hidden] > 0.5)
    assert found["recall"].low < recall < found["recall"].high
    assert found["false_positive_rate"].low < false_positives < found["false_positive_rate"].high
    assert found["recall"].high - found["recall"].low < 0.15


def test_of_messages_of_another_kind_nothing_is_told():
    old, known, truth = scored(600, 0.3, seed=0)
    texts = messages(200, words=np.array([f"other{number}" for number in range(60)]))
    new = traits(texts, scores={"spam": np.full(200, 0.3)})
    held_out = HeldOut(known, truth, np.arange(600))
    assert not are_like_before(old, held_out, new, np.full(200, 0.3), PARAMS)
