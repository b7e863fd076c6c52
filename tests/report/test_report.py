import re
from html.parser import HTMLParser

import html5lib
import numpy as np
import pandas as pd
import pytest
from hostile_text import HOSTILE, assert_inert_html

from rnnops.core.params import load_params
from rnnops.gate.verdict import Verdict
from rnnops.metrics.bootstrap import cluster_weights, measure
from rnnops.metrics.evaluation import Evaluation
from rnnops.metrics.metrics import METRICS
from rnnops.metrics.params import EvaluateTexts
from rnnops.registry.verdict_section import add_verdict
from rnnops.report.changes import perturbation_changes
from rnnops.report.explanation import explain
from rnnops.report.mistakes import worst_mistakes
from rnnops.report.report import PERTURBATIONS, render_report
from rnnops.report.results import SPLITS, Results

NASTY = "<script>alert(1)</script> & \"quoted\" 'text'"
VOID = {"meta", "img"}


class Page(HTMLParser):
    """Tags, attributes and text; fails on tags that are not closed in order."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.text, self._open = [], [], "", []
        self.feed(html)
        assert not self._open

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.links += [value for name, value in attributes if name in ("src", "href")]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text += data


CHECK = {
    "name": f"accuracy of {NASTY}",
    "opponent_value": 0.9812,
    "challenger_value": 0.9634,
    "difference": -0.0178,
    "low": -0.0312,
    "high": -0.0021,
    "passed": False,
    "reason": "worse by more than 0.01",
}
UNDEFINED = {**CHECK, **dict.fromkeys(("difference", "low", "high", "passed"))}
VERDICT = {
    "passed": False,
    "reason": f"refused: {NASTY}",
    "opponent": "champion",
    "rows": 1944,
    "clusters": 1740,
    "excluded": 13,
    "checks": [CHECK, UNDEFINED, {**CHECK, "opponent_value": 1200, "low": -2e-5, "passed": True}],
}


def verdict(**changes):
    return Verdict.from_dict({**VERDICT, **changes})


LINEAGE = {"git.commit": "c0ffee", f"data {NASTY}": f"md5 {NASTY}"}


def test_right_to_left_labels_and_sources_are_isolated(render):
    page = render(labels=("رسالة عادية", "رسالة مزعجة"), source="משרד", text="مرحبا 3 مرات")
    assert "<b><bdi>رسالة مزعجة</bdi></b>" in page
    assert '<th scope="row"><bdi>משרד</bdi><small>' in page
    assert '<p dir="auto">مرحبا 3 مرات</p>' in page
    isolated = r"<bdi>.*?</bdi>|\u2068.*?\u2069|<p dir=.auto.>.*?</p>|aria-label=.*?>"
    assert not re.findall("[\u0590-\u06ff]+", re.sub(isolated, "", page))


def split_report(labels, crossing=0):
    part = {"messages": 300, "clusters": 280, "labels": dict.fromkeys(labels, 100)}
    return {
        "messages": 905,
        "excluded": 5,
        "splits": dict.fromkeys(("train", "validation", "test"), part),
        "clusters": {"number": 840, "largest": 9, "in_more_than_one_split": crossing},
        "near_duplicate_leakage": {
            "similarity": 0.5,
            "this_split": dict.fromkeys(labels, 0.0),
            "plain_random_split": dict.fromkeys(labels, 0.38),
            "measured": {"this_split": dict.fromkeys(labels, 100)},
        },
        "containment": {"at_least": 0.9, "this_split": dict.fromkeys(labels, 0.047)},
    }


@pytest.fixture
def render(make_scores):
    def render(labels=("ham", "spam"), text=NASTY, source=NASTY, crossing=0, threshold=0.6):
        models = {
            name: make_scores(labels=labels, seed=seed, threshold=threshold)
            for seed, name in enumerate(("network", "recurrent", "linear", "linear_svm"))
        }
        weights = cluster_weights(np.arange(300), 100, seed=0)
        metrics = {name: measure(scores, weights) for name, scores in models.items()}
        evaluation = Evaluation(models, metrics, weights)
        results = Results.of(
            dict.fromkeys(SPLITS, evaluation),
            "linear_svm",
            "spam-email",
            load_params()[EvaluateTexts],
            {},
        )
        compared = evaluation.network_against("linear_svm")
        halves = evaluation.halves_against("linear_svm")
        probabilities = {name: scores.probabilities for name, scores in halves.scores.items()}
        sources = np.where(np.arange(300) % 2, source, "other")
        messages = pd.DataFrame({"id": [f"{i:03}" for i in range(300)], "source": sources})
        mistakes = worst_mistakes(messages.assign(text=text), models["network"])

        def verdicts(texts):
            columns = {f"p_{name}": 1 / len(labels) for name in labels}
            return pd.DataFrame({"label": labels[0], **columns}, index=range(len(texts)))

        return render_report(
            method="tfidf",
            results=results,
            split=split_report(labels, crossing),
            robustness={
                **{
                    name: perturbation_changes(halves, np.arange(300), [probabilities], 10)
                    for name in PERTURBATIONS
                },
                "negation": {
                    name: {"pairs": 64, "moved": 0.75, "reversed": 0.5} for name in probabilities
                },
            },
            slices=compared.slices(sources),
            strata=compared.strata(np.arange(300) / 600, bins=10),
            pictures={"roc": b"\x89PNG"},
            mistakes=mistakes,
            explanations=[explain(text, verdicts)] * len(mistakes),
        )

    return render


def test_says_what_was_measured_on_what(render):
    html = render()
    page = Page(html)
    for said in (
        "spam-email: tfidf",
        "network",
        "ROC-AUC",
        "recurrent half alone",
        "The validation split flatters",
        "905",
        "38.0%",
        "an expected false-positive rate on new messages of at most 0.5%",
        "Intervals are Korn-Graubard Beta intervals",
    ):
        assert said in page.text
    assert "No cluster of near-duplicates is in more than one split" in page.text
    assert page.text.count("classified as") >= 10
    assert html == render()


def test_perturbations_are_shown_before_and_after_for_each_half_too(render):
    page = Page(render())
    table = page.text.partition("In capitals: every letter")[2].partition("Every classifier")[0]
    for said in ("False-positive rate", "Recall", "recurrent half alone", "linear half alone"):
        assert said in table
    assert len(re.findall(r"[\d.]+ → [\d.]+\s*\+0\.0000 ", table)) == 4 * 4
    assert "baseline" in table


def test_every_metric_is_shown_by_similarity_to_the_training_messages(render):
    page = Page(render())
    assert "for 4.7% of ham, 4.7% of spam" in page.text
    section = page.text.partition("By similarity to")[2].partition("The worst mistakes")[0]
    strata = [("below 0.2", 120), ("0.2 to 0.4", 121), ("above 0.4", 59)]
    for stratum, messages in strata:
        assert f"{stratum}{messages} messages, network" in section
    for metric in METRICS.values():
        assert metric.title in section


def test_needs_nothing_but_itself(render):
    page = Page(render())
    assert page.links == ["data:image/png;base64,iVBORw=="]
    assert not {"script", "link", "iframe"} & set(page.tags)
    assert "http" not in render().replace("http-equiv", "")


def test_text_of_messages_and_names_of_labels_stay_text(render):
    labels = ("ham <b>", "spam & <i>")
    html = render(labels=labels)
    page = Page(html)
    assert NASTY in page.text
    for label in labels:
        assert label in page.text
    assert not {"script", "i"} & set(page.tags)
    assert "ham <b>" not in html


def test_hostile_text_is_inert(render):
    report = render(labels=(HOSTILE, "spam"), text=HOSTILE, source=HOSTILE)
    assert_inert_html(report)
    checks = [{**CHECK, "name": HOSTILE, "reason": HOSTILE}]
    hostile = verdict(reason=HOSTILE, checks=checks)
    assert_inert_html(add_verdict(render(text="plain"), hostile, {HOSTILE: HOSTILE}))


def test_a_leak_is_said_aloud(render):
    assert "7 clusters of near-duplicates are in more than one split" in render(crossing=7)


def test_many_labels_have_no_threshold_and_mean_metrics(render):
    page = Page(render(labels=("a", "b", "c")))
    assert "most probable label" in page.text
    assert "ROC-AUC, mean over labels" in page.text
    assert "None" not in page.text


def test_what_is_undefined_is_said_so(render):
    page = Page(render(threshold=1.0))  # nothing is called spam: no precision
    assert "n/a" in page.text
    assert "nan" not in page.text.lower().replace("names", "")


@pytest.mark.parametrize("labels", [("ham <b>", "spam & <i>"), ("a", "b", "c")])
def test_a_strict_parser_finds_no_error(render, labels):
    report = render(labels=labels)
    for page in (report, add_verdict(report, verdict(), LINEAGE)):
        html5lib.HTMLParser(strict=True).parse(page)


def test_verdict_and_lineage_are_put_before_all_else(render):
    report = render(text="<section>")
    page = Page(add_verdict(report, verdict(), LINEAGE))
    titles = [page.text.index(title) for title in ("Verdict of the gate", "Lineage", "Data")]
    assert titles == sorted(titles)
    assert page.tags.count("section") == Page(report).tags.count("section") + 2
    for said in ("against the champion on 1,944 messages in 1,740 clusters", "13 more left out",
                 "0.9812", "-0.0178", "-0.0312 to -0.0021", "1,200", "-2e-05", "pass", "fail",
                 "n/a", "c0ffee"):  # fmt: skip
        assert said in page.text


def test_text_of_the_verdict_and_the_lineage_stays_text(render):
    page = Page(add_verdict(render(text="plain"), verdict(), LINEAGE))
    for said in (f"refused: {NASTY}", f"accuracy of {NASTY}", f"data {NASTY}", f"md5 {NASTY}"):
        assert said in page.text
    assert "script" not in page.tags


def test_a_verdict_without_checks_has_no_table_of_them(render):
    report = render()
    page = Page(add_verdict(report, verdict(checks=[]), LINEAGE))
    assert page.tags.count("table") == Page(report).tags.count("table") + 1


def test_a_verdict_needs_a_report_to_be_put_into():
    with pytest.raises(ValueError, match="no section"):
        add_verdict("<p>no report</p>", verdict(), LINEAGE)
