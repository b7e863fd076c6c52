import pandas as pd
import pytest

from rnnops.monitoring.prediction_log import text_hash
from rnnops.monitoring.production import measure_weeks
from rnnops.monitoring.production_page import render_production

LABELS = ["ham", "spam"]


def log_of(*rows):
    """Rows of time, version, text and the label that was predicted."""
    frame = pd.DataFrame(rows, columns=["time", "version", "text", "label"])
    frame["time"] = pd.to_datetime(frame["time"], utc=True)
    return frame.assign(
        id=[str(row) for row in range(len(frame))],
        text_hash=frame["text"].map(text_hash),
        probability=0.9,
    ).drop(columns="text")


def known_of(**labels):
    frame = pd.DataFrame({"text": list(labels), "label": list(labels.values())})
    return frame.assign(cluster=frame["text"])


KNOWN = known_of(a="spam", b="spam", c="ham", d="ham", e="spam")


def test_precision_and_recall_are_of_a_week_and_a_version():
    log = log_of(
        ("2025-12-29", "1", "a", "spam"),  # the first week of 2026, by ISO 8601
        ("2026-01-04", "1", "b", "ham"),
        ("2026-01-04", "1", "c", "spam"),
        ("2026-01-04", "1", "unlabelled", "ham"),
        ("2026-01-04", "2", "a", "spam"),
        ("2026-01-05", "1", "d", "ham"),
    )
    first, second, third = measure_weeks(log, KNOWN, LABELS, "spam")
    assert (first.week, first.version, first.predictions, first.labelled) == ("2026-W01", "1", 4, 3)
    assert first.shares == {"ham": 0.5, "spam": 0.5}
    assert {key: first.metrics[key].point for key in ("precision", "recall", "accuracy")} == {
        "precision": 0.5, "recall": 0.5, "accuracy": pytest.approx(1 / 3),
    }  # fmt: skip
    assert first.metrics["false_positive_rate"].point == 1
    low, high = first.metrics["recall"].interval()
    assert low < 0.1 < 0.9 < high
    assert (second.week, second.version, second.labelled) == ("2026-W01", "2", 1)
    assert (third.week, third.metrics["accuracy"].point) == ("2026-W02", 1)


def test_one_campaign_is_one_event():
    log = log_of(*(("2026-01-05", "1", text, "spam") for text in "abe"))
    (apart,) = measure_weeks(log, KNOWN, LABELS, "spam")
    (together,) = measure_weeks(log, KNOWN.assign(cluster="one"), LABELS, "spam")
    assert together.metrics["recall"].interval()[0] < apart.metrics["recall"].interval()[0]


def test_a_text_with_two_labels_measures_nothing():
    known = pd.concat([KNOWN, known_of(a="ham")])
    (week,) = measure_weeks(log_of(("2026-01-05", "1", "a", "spam")), known, LABELS, "spam")
    assert (week.predictions, week.labelled, week.metrics) == (1, 0, {})


def test_without_a_positive_label_every_label_counts_the_same():
    log = log_of(("2026-01-05", "1", "a", "spam"), ("2026-01-05", "1", "c", "spam"))
    (week,) = measure_weeks(log, KNOWN, LABELS, None)
    assert week.metrics["accuracy"].point == 0.5
    assert set(week.metrics) == {"accuracy", "macro_f1"}


def test_the_page_has_a_row_a_week_and_needs_nothing_else():
    log = log_of(("2026-01-05", "1", "a", "spam"), ("2026-01-12", "<2>", "x", "ham"))
    page = render_production("mine-classifier", measure_weeks(log, KNOWN, LABELS, "spam"), "spam")
    assert "2026-W02" in page
    assert "2026-W03" in page
    assert "&lt;2&gt;" in page
    assert 'src="data:image/png;base64,' in page
    assert "http://" not in page
    assert "https://" not in page
