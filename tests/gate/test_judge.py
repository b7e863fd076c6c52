import json
from math import comb

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from rnnops.gate.judge import judge
from rnnops.gate.verdict import Verdict
from rnnops.metrics.bootstrap import cluster_weights
from rnnops.metrics.metrics import METRICS
from rnnops.metrics.scores import Scores

CLUSTERS = np.arange(400) // 4
SOURCES = np.where(np.arange(400) < 300, "list", "inbox")


def hams(count, start=0):
    return range(start, start + 2 * count, 2)


def spams(count, start=1):
    return range(start, start + 2 * count, 2)


def decide(challenger, champion, params, baseline=None, clusters=CLUSTERS):
    baseline = baseline or champion or challenger
    return judge(challenger, champion, baseline, clusters, SOURCES, params)


def check(verdict, name):
    (found,) = [check for check in verdict.checks if check.name == name]
    return found


def failed(verdict):
    names = [check.name for check in verdict.checks if check.passed is False]
    assert verdict.passed == (not names)
    return names


def test_a_better_challenger_is_promoted_and_the_line_says_by_how_much(scores, gate):
    challenger, champion = scores(spams(10)), scores(spams(40))
    verdict = decide(challenger, champion, gate())
    assert verdict.passed
    primary = verdict.checks[0]
    ours, theirs = (
        roc_auc_score(each.actual, each.probabilities[:, 1]) for each in (challenger, champion)
    )
    assert primary.name == "roc_auc"
    assert primary.challenger_value == pytest.approx(ours)
    assert primary.opponent_value == pytest.approx(theirs)
    assert primary.difference == pytest.approx(ours - theirs)
    assert verdict.reason == (
        f"passed: roc_auc {ours - theirs:+.4f} "
        f"[{primary.low:+.4f}, {primary.high:+.4f}] against the champion"
    )
    assert (verdict.opponent, verdict.rows, verdict.clusters) == ("champion", 400, 100)


def test_the_interval_is_that_of_both_models_on_the_same_draws_of_clusters(scores, gate):
    challenger, champion = scores(spams(10)), scores(spams(10, start=9))
    params = gate(confidence=0.9)
    drawn = []
    for weights in cluster_weights(CLUSTERS, params.bootstrap_resamples, params.seed).counts:
        rows = np.repeat(np.arange(400), weights)
        ours, theirs = (
            roc_auc_score(each.actual[rows], each.probabilities[rows, 1])
            for each in (challenger, champion)
        )
        drawn.append(ours - theirs)
    primary = decide(challenger, champion, params).checks[0]
    half = 1.66 * np.std(drawn)  # Student's t, some 50 clusters of each label
    assert (primary.high - primary.low) / 2 == pytest.approx(half, rel=0.02)


def test_the_same_model_is_never_superior_and_never_inferior(scores, gate):
    model = scores(spams(10))
    refused = decide(model, model, gate(rule="superiority"))
    assert failed(refused) == ["roc_auc"]
    assert "superiority needs the whole interval above 0" in refused.reason
    assert decide(model, model, gate(rule="non_inferiority", margin=1e-6)).passed


def test_a_little_worse_is_let_through_by_a_margin_that_is_larger_than_the_interval(scores, gate):
    challenger, champion = scores(spams(12)), scores(spams(10))
    assert failed(decide(challenger, champion, gate(rule="superiority"))) == ["roc_auc"]
    low = decide(challenger, champion, gate()).checks[0].low
    assert low < 0
    wide = decide(challenger, champion, gate(rule="non_inferiority", margin=-low + 1e-9))
    narrow = decide(challenger, champion, gate(rule="non_inferiority", margin=-low - 1e-9))
    assert wide.passed
    assert failed(narrow) == ["roc_auc"]
    assert "non_inferiority needs the whole interval above -0.0" in narrow.reason


@pytest.mark.parametrize("metric", ["log_loss", "brier"])
def test_of_a_loss_less_is_better(scores, gate, metric):
    good, bad = scores(spams(10)), scores(spams(40))
    assert decide(good, bad, gate(metric=metric)).passed
    for rule in ("superiority", "non_inferiority"):
        refused = decide(bad, good, gate(metric=metric, rule=rule))
        assert metric in failed(refused)
        assert "whole interval below" in refused.reason
    assert f"{metric} against the baseline" in failed(decide(bad, good, gate(metric=metric)))


@pytest.mark.parametrize("metric", ["log_loss", "brier"])
def test_of_a_loss_a_little_more_is_let_through(scores, gate, metric):
    challenger, champion = scores(spams(12)), scores(spams(10))
    row = decide(challenger, champion, gate(metric=metric)).checks[0]
    assert row.difference > 0
    for difference, passed in ((1e-9, True), (-1e-9, False)):
        params = gate(metric=metric, rule="non_inferiority", margin=row.high + difference)
        assert decide(challenger, champion, params).passed is passed
    beside = scores(spams(10, start=201))
    assert decide(challenger, None, gate(metric=metric), baseline=beside).passed


def test_messages_of_one_campaign_are_no_independent_proof(scores, gate):
    challenger, champion = scores(), scores(spams(8))
    assert decide(challenger, champion, gate(), clusters=np.arange(400)).passed
    one_campaign = np.where(np.arange(400) < 20, 0, np.arange(400))
    assert not decide(challenger, champion, gate(), clusters=one_campaign).passed


@pytest.mark.parametrize(
    ("confidence", "clusters", "outcome"),
    [
        (0.95, 5, "not enough to judge"),  # of 5 coins all heads or all tails is 1 in 16
        (0.95, 6, "passed"),
        (0.999, 10, "not enough to judge"),
        (0.999, 11, "passed"),
    ],
)
def test_a_handful_of_clusters_proves_nothing(scores, rule_alone, confidence, clusters, outcome):
    params = rule_alone(min_clusters=1, min_label_clusters=1, confidence=confidence)
    found = np.arange(400) % clusters
    verdict = decide(scores(), scores(spams(200)), params, clusters=found)
    assert verdict.outcome == outcome
    needed = f"{clusters} clusters of near-duplicates, {clusters + 1} needed"
    assert (needed in verdict.reason) is (outcome != "passed")


def test_copies_of_one_message_are_one_piece_of_evidence(scores, gate):
    rows = np.r_[0:400:2, 1:31:2]
    spam = rows % 2 == 1
    model, clusters = scores().rows(rows), np.where(spam, 1, rows)
    verdict = judge(model, None, model, clusters, SOURCES[rows], gate())
    assert verdict.outcome == "not enough to judge"
    assert "1 clusters labelled spam, 15 needed" in verdict.reason
    assert judge(model, None, model, rows, SOURCES[rows], gate()).passed


def test_more_confidence_asks_for_more(scores, gate):
    challenger, champion = scores(), scores(spams(5))
    sure, surer = (decide(challenger, champion, gate(confidence=c)) for c in (0.9, 0.999))
    assert sure.passed
    assert not surer.passed
    assert surer.checks[0].low < sure.checks[0].low


@pytest.mark.parametrize(("alone", "champions_alone"), [(9, 1), (10, 2), (8, 2), (5, 0), (6, 0)])
def test_significantly_more_errors_refuse_by_the_exact_test(
    scores, rule_alone, alone, champions_alone
):
    """Both miss the same 20; beside them each has its own."""
    both = list(spams(20, start=101))
    challenger = scores([*both, *hams(alone)])
    champion = scores([*both, *hams(champions_alone, start=200)])
    apart = alone + champions_alone
    p = 2 * sum(comb(apart, k) for k in range(champions_alone + 1)) / 2**apart
    row = check(decide(challenger, champion, rule_alone()), "errors")
    assert (row.opponent_value, row.challenger_value) == (20 + champions_alone, 20 + alone)
    assert row.passed is (p > 0.05)
    assert f"p = {p:.2g}" in row.reason
    other_way = check(decide(champion, challenger, rule_alone()), "errors")
    assert other_way.passed is True


def test_a_good_ranking_with_a_bad_threshold_is_refused_by_its_errors(scores, rule_alone):
    verdict = decide(scores(threshold=0.99), scores(spams(20)), rule_alone())
    assert verdict.checks[0].passed is True
    assert failed(verdict) == ["errors"]
    assert verdict.reason.startswith("refused: errors of the challenger alone 180")


def test_the_false_positive_rate_is_shown_to_be_within_the_cap(scores, gate):
    """Each is half of a cluster of its own among 100."""
    champion = scores(hams(60))
    alone = [*range(0, 32, 8)]
    assert decide(scores(alone), champion, gate(max_false_positive_rate=0.05)).passed
    refused = decide(scores(alone), champion, gate(max_false_positive_rate=0.03))
    assert failed(refused) == ["false_positive_rate"]
    assert (
        "false_positive_rate 0.0200 (at most 0.0489 at 0.95 confidence) is not shown to be within "
        "the cap 0.0300" in refused.reason
    )
    off = decide(scores(alone), champion, gate(max_false_positive_rate=None))
    assert off.passed
    assert check(off, "false_positive_rate").passed is None


def test_recall_is_shown_to_reach_the_floor(scores, gate):
    champion = scores(spams(90))
    enough, too_few = (scores(spams(count)) for count in (20, 30))
    assert decide(enough, champion, gate(min_recall=0.8)).passed
    refused = decide(too_few, champion, gate(min_recall=0.8))
    assert failed(refused) == ["recall"]
    assert "recall 0.8500 (at least 0.78" in refused.reason
    assert "is not shown to reach 0.8000" in refused.reason
    off = decide(too_few, champion, gate(min_recall=None))
    assert off.passed
    assert check(off, "recall").passed is None


def test_a_cap_that_so_few_clusters_cannot_show_is_not_enough_to_judge(scores, gate):
    model, rail = scores(), {"max_false_positive_rate": 0.02}
    verdict = decide(model, None, gate(**rail), baseline=model)
    assert verdict.outcome == "not enough to judge"
    assert "100 clusters labelled ham, 149 needed" in verdict.reason
    assert decide(model, None, gate(**rail), model, clusters=np.arange(400)).passed


def test_no_source_may_surely_lose_more_than_the_cap(scores, gate):
    champion = scores(spams(60))  # all of them in the list
    some, many = scores(spams(12, start=301)), scores(spams(30, start=301))
    assert decide(some, champion, gate(max_slice_loss=0.05)).passed
    refused = decide(many, champion, gate(max_slice_loss=0.05, min_recall=None))
    assert failed(refused) == ["accuracy of inbox"]
    row = check(refused, "accuracy of inbox")
    assert f"accuracy of inbox {row.change} is wholly below -0.0500" in refused.reason
    assert (row.opponent_value, row.challenger_value) == (1, 0.7)
    assert row.low < row.difference == -0.3 < row.high < -0.05
    gained = check(refused, "accuracy of list")
    assert gained.passed is True
    assert gained.difference == 0.2


def test_the_error_is_divided_among_the_judged_sources(scores, gate):
    """The interval of one source among six reaches farther out than among two."""
    champion, challenger = scores(spams(60)), scores(spams(30, start=301))
    sources = np.where(np.arange(400) < 300, np.arange(400) // 60, 5).astype(str)
    params = gate(bootstrap_resamples=1000)
    widths = []
    for names in (SOURCES, sources):
        verdict = judge(challenger, champion, champion, CLUSTERS, names, params)
        row = check(verdict, f"accuracy of {names[-1]}")
        widths.append(row.high - row.low)
    assert widths[0] < widths[1]


@pytest.mark.parametrize(
    ("changes", "clusters", "said"),
    [
        ({"min_slice_messages": 101}, CLUSTERS, "100 messages, fewer than 101"),
        ({}, np.where(np.arange(400) < 300, np.arange(400), -(np.arange(400) % 5)), "5 clusters, "),
    ],
)
def test_a_small_source_is_shown_and_not_judged(scores, gate, changes, clusters, said):
    champion, challenger = scores(spams(60)), scores(spams(30, start=301))
    rails = {"min_recall": None} | changes
    verdict = decide(challenger, champion, gate(**rails), clusters=clusters)
    assert verdict.passed
    row = check(verdict, "accuracy of inbox")
    assert row.passed is None
    assert row.reason.startswith(f"not judged: {said}")
    off = decide(challenger, champion, gate(max_slice_loss=None, min_recall=None))
    assert off.passed
    assert check(off, "accuracy of inbox").passed is None


def test_a_challenger_below_the_baseline_is_refused_however_bad_the_champion(scores, gate):
    challenger, champion = scores(spams(20)), scores(spams(60))
    refused = decide(challenger, champion, gate(), baseline=scores())
    assert failed(refused) == ["roc_auc against the baseline"]
    assert "roc_auc against the baseline -0.0" in refused.reason
    assert "is wholly below 0" in refused.reason
    assert decide(challenger, champion, gate(), baseline=scores(spams(18, start=101))).passed
    assert decide(challenger, champion, gate(no_worse_than_baseline=False), scores()).passed


def test_each_broken_check_is_named_with_its_reason(scores, gate):
    verdict = decide(scores([*hams(20), *spams(60)]), scores(), gate(), baseline=scores())
    broken = [row for row in verdict.checks if row.passed is False]
    assert [row.name for row in broken] == [
        "roc_auc", "errors", "false_positive_rate", "recall", "roc_auc against the baseline",
        "accuracy of list",
    ]  # fmt: skip
    said = "; ".join(f"{row.name} {row.reason}" for row in broken)
    assert verdict.reason == f"refused: {said}"


def test_the_first_champion_need_only_stay_within_the_guard_rails(scores, gate):
    model = scores(spams(20))
    verdict = decide(model, None, gate(), baseline=scores(spams(18, start=101)))
    assert verdict.passed
    assert (verdict.opponent, verdict.confidence) == ("baseline", None)
    assert verdict.reason.startswith("passed: the first champion, roc_auc -0.03")
    assert verdict.reason.endswith("against the baseline")
    assert verdict.checks[0].passed is None
    assert check(verdict, "errors").passed is None
    for broken, name in (
        (scores(hams(20)), "false_positive_rate"),
        (scores(spams(41)), "recall"),
        (scores(spams(20)), "roc_auc against the baseline"),
    ):
        better = scores() if "baseline" in name else broken
        assert failed(decide(broken, None, gate(), baseline=better)) == [name]
    no_rails = gate(no_worse_than_baseline=False, min_recall=None)
    assert decide(scores(spams(150)), None, no_rails, baseline=scores()).passed


def test_more_than_two_labels_are_judged_by_the_mean_over_them(gate):
    random = np.random.default_rng(0)
    actual = random.integers(3, size=400)

    def model(share_right):
        seen = np.where(random.random(400) < share_right, actual, random.integers(3, size=400))
        probabilities = 0.1 + 0.7 * np.eye(3)[seen]
        return Scores(("bad", "fair", "good"), actual, probabilities)

    verdict = decide(model(0.95), model(0.5), gate())
    assert verdict.passed
    assert verdict.checks[0].name == "macro_roc_auc"
    names = [row.name for row in verdict.checks]
    assert not [name for name in names if "false_positive" in name or "recall" in name]
    assert names[-3:] == ["mcc", "macro_f1", "log_loss"]
    assert check(verdict, "accuracy of list").passed is True


def test_the_metrics_that_params_allow_are_those_whose_records_decide(gate):
    choices = gate().model_json_schema()["properties"]["metric"]["enum"]
    assert set(choices) == {metric.name for metric in METRICS.values() if metric.decides}
    assert {each for each in choices if METRICS[each].lower_is_better} == {"log_loss", "brier"}


def test_what_is_shown_for_information_decides_nothing(scores, gate):
    verdict = decide(scores(spams(10)), scores(spams(40)), gate(metric="accuracy"))
    shown = [row for row in verdict.checks if row.reason == "for information"]
    assert [row.name for row in shown] == ["mcc", "f1", "log_loss"]
    assert all(row.passed is None and row.low is not None for row in shown)


def test_models_that_cannot_be_compared_are_a_refusal_that_says_why(scores, gate):
    model = scores()
    renamed = Scores(("eggs", "spam"), model.actual, model.probabilities, "spam", 0.5)
    assert "labels are eggs, spam, the challenger's ham, spam" in refusal(model, renamed, gate())
    other_way = Scores(model.labels, model.actual, model.probabilities, "ham", 0.5)
    assert "positive label is ham, the challenger's spam" in refusal(model, other_way, gate())
    alike = Scores(model.labels, model.actual, model.probabilities)
    assert refusal(model, alike, gate()) == (
        "refused: the champion's positive label is none, the challenger's spam: give the dataset's "
        "entry in params.yaml the same `positive`, or promote with --force"
    )

    diverged = scores()
    diverged.probabilities[:3] = np.nan
    assert "the challenger gives 3 messages" in refusal(diverged, model, gate())


def refusal(challenger, champion, params):
    verdict = decide(challenger, champion, params, baseline=challenger)
    assert verdict.outcome == "refused"
    assert not verdict.checks
    return verdict.reason


@pytest.mark.parametrize("has_champion", [True, False])
@pytest.mark.parametrize(
    ("kept", "clusters", "said"),
    [
        (np.arange(0), CLUSTERS, "0 messages, 50 needed; 0 clusters of near-duplicates, 20 needed"),
        (
            np.arange(48),
            np.arange(400),
            "48 messages, 50 needed; 24 clusters labelled ham, 29 needed (7 messages left out: ",
        ),
        (np.arange(400), np.arange(400) % 19, "19 clusters of near-duplicates, 20 needed"),
        (np.arange(0, 400, 2), np.arange(400), "0 clusters labelled spam, 15 needed"),
        (np.r_[0:400:2, 1:29:2], np.arange(400), "14 clusters labelled spam, 15 needed"),
    ],
)
def test_too_little_evidence_is_not_enough_to_judge_and_names_what_is_needed(
    scores, gate, has_champion, kept, clusters, said
):
    model = scores().rows(kept)
    champion = model if has_champion else None
    left_out = {"excluded": 5, "excluded_by_challenger": 2}
    verdict = judge(model, champion, model, clusters[kept], SOURCES[kept], gate(), **left_out)
    assert verdict.outcome == "not enough to judge"
    assert not verdict.passed
    assert verdict.reason.startswith("not enough to judge: ")
    assert said in verdict.reason
    assert verdict.reason.endswith(": add messages or raise split.test")
    assert not verdict.checks


def test_reasons_call_the_rows_what_the_task_calls_them(scores, gate):
    few = np.arange(48)
    model = scores().rows(few)
    verdict = judge(model, None, model, few, SOURCES[few], gate(), excluded=2, of="sequences")
    assert verdict.reason.startswith("not enough to judge: 48 sequences, 50 needed; ")
    assert "(2 sequences left out: a model" in verdict.reason
    assert verdict.reason.endswith(": add sequences or raise split.test")
    diverged = scores()
    diverged.probabilities[:3] = np.nan
    verdict = judge(diverged, None, scores(), CLUSTERS, SOURCES, gate(), of="sequences")
    assert "the challenger gives 3 sequences probabilities" in verdict.reason


def test_four_positive_messages_all_found_are_no_evidence(scores, gate):
    few = np.r_[0:400:2, 1:9:2]
    model = scores().rows(few)
    verdict = judge(model, None, model, np.arange(400)[few], SOURCES[few], gate())
    assert "4 clusters labelled spam, 15 needed" in verdict.reason
    fewest = gate(min_label_clusters=4)
    verdict = judge(model, None, model, np.arange(400)[few], SOURCES[few], fewest)
    assert "4 clusters labelled spam, 14 needed" in verdict.reason  # 0.8 ** 14 < 0.05


def test_a_metric_that_is_undefined_refuses(scores, gate):
    mute = scores(threshold=0.99)  # calls nothing positive
    assert "the challenger's mcc is undefined" in refusal(mute, scores(), gate(metric="mcc"))


def test_scores_of_other_messages_are_a_mistake_of_the_caller(scores, gate):
    model = scores()
    part = model.rows(np.arange(400) < 399)
    with pytest.raises(ValueError, match=r"^scores, clusters and sources are of different numbers"):
        decide(model, part, gate())
    turned = Scores(model.labels, model.actual[::-1], model.probabilities, "spam", 0.5)
    with pytest.raises(ValueError, match="champion's messages"):
        decide(model, turned, gate())


def test_a_later_look_asks_for_more(scores, gate):
    """The same challenger passes at the first look and not at the 50th; then the split is worn."""
    challenger, champion, params = scores(spams(10)), scores(spams(25)), gate()
    verdicts = {
        look: judge(challenger, champion, champion, CLUSTERS, SOURCES, params, look=look)
        for look in (1, 50, 51)
    }
    assert verdicts[1].passed
    assert failed(verdicts[50]) == ["roc_auc"]
    widths = {
        look: verdicts[look].checks[0].high - verdicts[look].checks[0].low for look in (1, 50)
    }
    assert widths[1] < widths[50]
    assert verdicts[51].outcome == "not enough to judge"
    assert "50 challengers were compared with this champion on this test split" in (
        verdicts[51].reason
    )


def test_a_verdict_survives_json(scores, gate):
    few = scores(threshold=0.99)  # nothing is called positive: precision and MCC are undefined
    for verdict in (
        decide(scores(spams(10)), scores(spams(40)), gate()),
        decide(few, few, gate()),
        decide(scores(), None, gate()),
    ):
        written = json.dumps(verdict.to_dict(), allow_nan=False)
        assert Verdict.from_dict(json.loads(written)) == verdict
        earlier = json.loads(written)
        del earlier["outcome"]  # as releases wrote it that knew two outcomes
        assert Verdict.from_dict(earlier) == verdict
    undefined = check(decide(few, few, gate()), "mcc")
    assert undefined.challenger_value is undefined.difference is undefined.low is None
