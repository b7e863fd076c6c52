"""What must hold of sequences before anything is fitted to them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from drawn_sequences import draw_sequences

from rnnops.catalog.dataset import Fractions
from rnnops.core.errors import InputError
from rnnops.sequences.cleaning import FoundSequences
from rnnops.sequences.datasets import SequenceDataset
from rnnops.sequences.expectations import OF, validate_sequences
from rnnops.sequences.ingest_report import summarise
from rnnops.validate import validation_report

FRACTIONS = Fractions(train=0.6, validation=0.2, test=0.2)
DRAWN = draw_sequences(90)
EXPECTED = {
    "min_sequences": 90,
    "max_sequences": 90,
    "min_steps": 8,
    "max_steps": 15,
    "min_label_in_split": 5,
}


def account(sequences, *, rejected=0, filled=0):
    """What ingest reports of these sequences, so many others rejected, so many values filled."""
    reason = "its sequence has 1 step and needs 2"
    others = pd.DataFrame({"reason": pd.array([reason] * rejected, dtype="str")})
    counts = np.zeros(len(sequences), int)
    counts[0] = filled
    return summarise(FoundSequences(sequences, others, counts), "mine")


def check(sequences, *, expect=None, account_of=None, positive=None, **read):
    """The report on the sequences, and a line for each expectation that failed."""
    dataset = SequenceDataset(
        fetch={"path": "data/incoming/mine.csv"},
        read={"format": "sequences"} | read,
        expect=EXPECTED | (expect or {}),
        positive=positive,
    )
    found = account_of or account(sequences)
    results = validate_sequences(sequences, found, dataset, FRACTIONS)
    report = validation_report.describe(results, sequences.to_frame(), "mine", OF)
    return report, validation_report.list_failures(report)


def test_what_is_as_declared_meets_every_expectation():
    report, failures = check(DRAWN)
    assert failures == []
    expected = f"validate: 90 sequences meet {report['expectations']} of {report['expectations']}"
    assert validation_report.summarise(report).startswith(expected)


def relabelled(labels):
    return replace(DRAWN, labels=list(labels))


def with_values(row, values):
    changed = list(DRAWN.values)
    changed[row] = values
    return replace(DRAWN, values=changed)


LONG = np.random.default_rng(0).normal(size=(40, 2))
INFINITE = np.full((9, 2), np.inf)


@pytest.mark.parametrize(
    ("sequences", "expect", "line"),
    [
        (DRAWN, {"min_sequences": 91, "max_sequences": 99}, "91 to 99 sequences, found 90"),
        (DRAWN, {"min_sequences": 1, "max_sequences": 89}, "1 to 89 sequences, found 90"),
        (with_values(4, LONG), {}, "8 to 15 steps, violated by 1 sequence (e.g. 40); ids w004"),
        (with_values(4, LONG[:3]), {}, "8 to 15 steps, violated by 1 sequence (e.g. 3); ids w004"),
        (with_values(4, INFINITE), {}, "finite values, violated by 1 sequence"),
        (relabelled(["rise"] * 90), {}, "at least 2 labels, at most 100, found 1"),
        (
            replace(DRAWN, ids=["w001", *DRAWN.ids[1:]]),
            {},
            "unique names, ",
        ),
        (
            relabelled([*["fall", "rise"] * 44, "rise", "tremble"]),
            {"min_label_share": 0.05},
            "label 'tremble' on at least 5% of the sequences (5), found 1; ids w089",
        ),
    ],
)
def test_a_critical_expectation_fails_where_it_should(sequences, expect, line):
    report, failures = check(sequences, expect=expect)
    critical = [each for each in failures if each.startswith("critical: ")]
    assert any(each.startswith(f"critical: expected {line}") for each in critical), failures
    with pytest.raises(InputError, match=r"critical expectations? failed on 90 sequences: see"):
        validation_report.summarise(report)


def test_a_label_that_is_not_declared_is_critical():
    names = {"up": "rise", "down": "fall"}
    _, failures = check(DRAWN, labels=names)
    (line,) = [each for each in failures if each.startswith("critical")]
    assert line.startswith("critical: expected labels among 'rise', 'fall', violated by 30 seq")
    assert "'peak'" in line


@pytest.mark.parametrize(
    ("labels", "line"),
    [
        (["fall", "rise"], None),
        (["fall", "climb"], "critical: expected a label 'rise', the positive one; see"),
        (["fall", "rise", "peak"], "critical: expected one label beside the positive one, found 3"),
    ],
)
def test_a_positive_label_is_one_of_two(labels, line):
    _, failures = check(relabelled(np.resize(labels, 90).tolist()), positive="rise")
    assert [each.startswith(line) for each in failures] == [True] * (line is not None)
    assert all(each.endswith("see datasets.mine.positive") for each in failures)


def test_too_many_in_the_quarantine_are_critical_and_their_reasons_are_listed():
    assert check(DRAWN, account_of=account(DRAWN, rejected=4))[1] == []
    _, failures = check(DRAWN, account_of=account(DRAWN, rejected=10))
    (line,) = failures
    assert line.startswith(
        "critical: expected at most 5% of the sequences read in the quarantine, found 10%"
    )
    assert "its sequence has … step and needs …" in line
    assert "see datasets.mine.expect.max_quarantined_share" in line


def warned(sequences, **options):
    report, failures = check(sequences, **options)
    assert report["success"]
    assert all(each.startswith("warning: ") for each in failures)
    return failures


def test_a_constant_channel_is_a_warning_that_names_it():
    values = [np.stack([each[:, 0], 0 * each[:, 0] + 7], axis=1) for each in DRAWN.values]  # noqa: PD011
    (line,) = warned(replace(DRAWN, values=values))
    assert line.startswith("warning: expected no constant channel: it says nothing")
    assert line.endswith(": noise")


def test_many_interpolated_values_are_a_warning():
    values = int(DRAWN.steps.sum()) * 2
    assert warned(DRAWN, account_of=account(DRAWN, filled=values // 20)) == []
    (line,) = warned(DRAWN, account_of=account(DRAWN, filled=values // 10))
    assert line.startswith("warning: expected at most 5% of the values interpolated, found 0.0")


def test_two_spellings_of_a_label_are_a_warning():
    (line,) = warned(relabelled(["Rise" if place % 2 else "rise" for place in range(90)]))
    assert "one spelling of each label" in line
