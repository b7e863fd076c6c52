"""The checks one by one, where what passes ends."""

from dataclasses import replace

import numpy as np
import pytest

from rnnops.gate import checks
from rnnops.gate.verdict import Check
from rnnops.metrics.bootstrap import cluster_weights, measure
from rnnops.metrics.measured import Measured

UNDEFINED = Measured(np.nan, np.full(10, np.nan), (0, 1), 100, 1e-4, counts_decisions=True)


def row(name, low, high):
    return Check(name, 0.5, 0.55, 0.05, low, high)


@pytest.mark.parametrize(
    ("name", "rule", "low", "high", "passed"),
    [
        ("roc_auc", "superiority", 1e-9, 0.1, True),
        ("roc_auc", "superiority", 0.0, 0.1, False),
        ("roc_auc", "non_inferiority", -0.0099, 0.1, True),
        ("roc_auc", "non_inferiority", -0.01, 0.1, False),
        ("log_loss", "superiority", -0.1, -1e-9, True),
        ("log_loss", "superiority", -0.1, 0.0, False),
        ("log_loss", "non_inferiority", -0.1, 0.0099, True),
        ("log_loss", "non_inferiority", -0.1, 0.01, False),
    ],
)
def test_the_whole_interval_is_on_the_side_that_the_rule_names(gate, name, rule, low, high, passed):
    assert checks.check_rule(row(name, low, high), gate(rule=rule, margin=0.01)).passed is passed


def test_a_broken_rule_says_what_it_needs(gate):
    broken = checks.check_rule(row("roc_auc", 0.0, 0.1), gate(rule="superiority"))
    assert broken.reason == (
        "+0.0500 [+0.0000, +0.1000] against the champion: "
        "superiority needs the whole interval above 0"
    )
    params = gate(rule="non_inferiority", margin=0.01)
    assert checks.check_rule(row("log_loss", -0.1, 0.1), params).reason == (
        "+0.0500 [-0.1000, +0.1000] against the champion: "
        "non_inferiority needs the whole interval below +0.0100"
    )


@pytest.mark.parametrize(("low", "high"), [(None, None), (None, 0.1), (0.1, None)])
def test_what_has_no_interval_does_not_pass(gate, low, high):
    undefined = row("roc_auc", low, high)
    ruled = checks.check_rule(undefined, gate())
    assert (ruled.passed, ruled.reason) == (False, "has no interval")
    assert ruled.name == "roc_auc"
    beside = checks.check_against_baseline(undefined)
    assert beside.passed is False
    assert beside.reason.endswith(" has no interval")


def test_models_with_the_same_errors_differ_in_none(scores):
    model = scores(wrong=[1, 3])
    same = checks.check_errors(model, model, 0.95)
    assert (same.passed, same.difference) == (True, 0)
    assert same.reason == "of the challenger alone 0, of its opponent alone 0, exact McNemar p = 1"


@pytest.mark.parametrize(
    ("ours", "theirs", "p", "passed"),
    [(5, 5, 1, True), (2, 8, 112 / 1024, True), (8, 2, 112 / 1024, True), (9, 1, 22 / 1024, False)],
)  # fmt: skip
def test_errors_of_one_model_alone_are_tosses_of_a_coin(scores, ours, theirs, p, passed):
    challenger, opponent = scores(wrong=range(ours)), scores(wrong=range(100, 100 + theirs))
    check = checks.check_errors(challenger, opponent, 0.95)
    assert check.passed is passed
    assert check.reason.endswith(f"exact McNemar p = {p:.2g}")


def test_a_rail_is_kept_up_to_its_end(gate):
    rate = Measured(0.02, np.array([0.01, 0.02, 0.03]), (0, 1), 100, 1e-4, counts_decisions=True)
    low, high = rate.interval(2 * 0.95 - 1)  # its ends are one-sided bounds at 0.95
    for cap, passed, found in (
        (high, True, "is within the cap"),
        (high - 1e-9, False, "is not shown to be within the cap"),
    ):
        params = gate(max_false_positive_rate=cap)
        checked = checks.check_false_positive_rate(row("false_positive_rate", 0, 0), rate, params)
        assert checked.passed is passed
        assert f"at 0.95 confidence) {found} " in checked.reason
    for floor, passed in ((low, True), (low + 1e-9, False)):
        checked = checks.check_recall(row("recall", 0, 0), rate, gate(min_recall=floor))
        assert checked.passed is passed


@pytest.mark.parametrize("check", [checks.check_false_positive_rate, checks.check_recall])
def test_an_undefined_rate_keeps_no_rail(gate, check):
    undefined = check(row("recall", None, None), UNDEFINED, gate())
    assert undefined == replace(row("recall", None, None), passed=False, reason="is undefined")


@pytest.mark.parametrize(
    ("name", "low", "high", "passed", "found"),
    [
        ("roc_auc", -0.1, 0.0, True, "not wholly below 0"),
        ("roc_auc", -0.1, -1e-9, False, "is wholly below 0"),
        ("log_loss", 0.0, 0.1, True, "not wholly above 0"),
        ("log_loss", 1e-9, 0.1, False, "is wholly above 0"),
    ],
)
def test_the_baseline_is_better_if_the_whole_interval_says_so(name, low, high, passed, found):
    beside = checks.check_against_baseline(row(name, low, high))
    assert beside.name == f"{name} against the baseline"
    assert (beside.passed, beside.reason) == (passed, f"{row(name, low, high).change} {found}")


def sources_checked(gate, challenger, champion, sources, clusters, **changes):
    params = gate(max_slice_loss=0.05, **changes)
    weights = cluster_weights(clusters, params.bootstrap_resamples, params.seed)
    return checks.check_slices(challenger, champion, clusters, sources, weights, params), weights


def test_a_single_source_has_the_interval_of_all_messages(scores, gate):
    challenger, champion, clusters = scores([1, 3]), scores([5]), np.arange(400) // 4
    sources = np.full(400, "list")
    (checked,), weights = sources_checked(gate, challenger, champion, sources, clusters)
    ours, theirs = (measure(each, weights)["accuracy"] for each in (challenger, champion))
    assert (checked.low, checked.high) == (ours - theirs).interval(0.95)
    assert (checked.passed, checked.reason) == (True, f"{checked.change} not wholly below -0.0500")


@pytest.mark.parametrize(
    ("messages", "clusters", "judged"), [(60, 6, True), (59, 6, False), (60, 5, False)]
)
def test_a_source_is_judged_from_the_fewest_messages_and_clusters_on(
    scores, gate, messages, clusters, judged
):
    rows = np.arange(400)
    names = np.where(rows < messages, rows % clusters, rows)
    sources = np.where(rows < messages, "few", "many")
    (few, many), _ = sources_checked(
        gate, scores(), scores(), sources, names, min_slice_messages=60
    )
    assert (few.passed is not None) is judged
    assert many.passed is True


def test_the_end_of_an_interval_decides_a_source_and_none_decides_nothing():
    at_the_end = checks._check_slice(row("accuracy", -0.1, -0.05), None, 0.05)
    assert at_the_end.passed is True
    assert checks._check_slice(row("accuracy", -0.1, -0.0501), None, 0.05).passed is False
    undefined = checks._check_slice(row("accuracy", None, None), None, 0.05)
    assert (undefined.passed, undefined.reason) == (None, "not judged: no interval")


def test_errors_in_every_message_need_no_clusters():
    assert checks.least_without_error(1, 0.95) == 0
    assert checks.least_without_error(0.2, 0.95) == 14  # 0.8 ** 14 < 0.05 < 0.8 ** 13
