import re

import numpy as np
import pytest
from hostile_text import HOSTILE, assert_inert_markdown

from rnnops.gate.judge import judge
from rnnops.gate.markdown import render_verdict
from rnnops.registry.verdict_section import add_verdict


def lines(verdict):
    return render_verdict(verdict).splitlines()


def cells(line):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def decide(challenger, champion, params, sources=None, **counts):
    sources = np.full(400, "list") if sources is None else sources
    baseline = champion or challenger
    return judge(challenger, champion, baseline, np.arange(400) // 4, sources, params, **counts)


def test_a_bold_line_the_counts_and_a_row_a_check(scores, gate):
    verdict = decide(scores(range(1, 21, 2)), scores(range(1, 81, 2)), gate(), excluded=12,
                     excluded_by_challenger=3, look=2)  # fmt: skip
    bold, _, basis, _, look, _, heads, _, *rows = lines(verdict)
    assert bold == f"**{verdict.reason}**"
    assert basis == (
        "Judged on 400 messages in 100 clusters of near-duplicates; 12 more left out because the "
        "champion was trained on them or on near-duplicates; 3 more because the challenger was."
    )
    assert look == (
        "Look 2 of 50 at this champion on this test split: the rule is applied at 0.9944 "
        "confidence."
    )
    assert cells(heads) == [
        "metric", "champion", "challenger", "difference", "interval", "pass/fail", "reason"
    ]  # fmt: skip
    assert [cells(row)[0] for row in rows] == [check.name for check in verdict.checks]
    by_name = {cells(row)[0]: cells(row)[1:] for row in rows}
    assert by_name["recall"][:3] == ["0.8000", "0.9500", "+0.1500"]
    assert by_name["recall"][4:] == [
        "pass",
        "0.9500 (at least 0.8969 at 0.95 confidence) reaches 0.8000",
    ]
    assert by_name["errors"][:5] == ["40", "10", "-30", "", "pass"]
    assert by_name["mcc"][4:] == ["", "for information"]
    assert by_name["roc_auc"][3].startswith("+")
    low, high = by_name["roc_auc"][3].split(" to ")
    assert 0 < float(low) < float(by_name["roc_auc"][2]) < float(high)


@pytest.mark.parametrize(
    ("rows", "basis"),
    [
        (
            {"of": "documents"},
            "400 documents in 100 clusters of near-duplicates; 12 more left out because the "
            "champion was trained on them or on near-duplicates; 3 more because the challenger was",
        ),
        (
            {"of": "series", "alike": ""},
            "400 series; 12 more left out because the champion was trained on them; 3 more because "
            "the challenger was",
        ),
    ],
)
def test_the_rows_are_called_what_the_task_calls_them(scores, gate, rows, basis):
    left_out = {"excluded": 12, "excluded_by_challenger": 3}
    verdict = decide(scores(), scores(range(1, 81, 2)), gate(), **left_out, **rows)
    assert lines(verdict)[2] == f"Judged on {basis}."
    report = add_verdict("<section>", verdict, {})
    assert f"<p>Judged against the champion on {basis}.</p>" in report


def test_a_failed_check_is_shown_and_the_first_champions_opponent_is_the_baseline(scores, gate):
    verdict = decide(scores(range(0, 40, 2)), None, gate())
    rows = lines(verdict)
    assert rows[0].startswith("**refused: false_positive_rate 0.1000 (at most")
    assert rows[2] == "Judged on 400 messages in 100 clusters of near-duplicates."
    assert cells(rows[4])[1] == "baseline"
    (rail,) = [cells(row) for row in rows if row.startswith("| false_positive_rate")]
    assert rail[5] == "fail"


def test_the_champion_is_named_with_the_verdict_it_got_or_without_one(scores, gate):
    verdict = decide(scores(), None, gate())
    assert lines(verdict)[0] == f"**{verdict.reason}**"
    heading = "**version 3 is the champion.**"
    named = render_verdict(verdict, champion="version 3").splitlines()
    assert named == [heading, "", *lines(verdict)]
    assert render_verdict(None, champion="version 3").strip() == heading


def test_a_sources_name_ends_no_cell_and_no_line(scores, gate):
    sources = np.full(400, "a|b\\|c\n<i>")
    verdict = decide(scores(range(1, 41, 2)), scores(), gate(max_slice_loss=0.0), sources)
    table = lines(verdict)
    assert not verdict.passed
    assert len(table) == 6 + len(verdict.checks)
    assert {len(cells(line)) for line in table[4:]} == {7}
    assert r"accuracy of a\|b\\\|c &lt;i>" in table[0]
    assert r"accuracy of a\|b\\\|c &lt;i>" in [cells(line)[0] for line in table[4:]]


def test_hostile_text_is_inert(scores, gate):
    sources = np.full(400, HOSTILE)
    verdict = decide(scores(range(1, 41, 2)), scores(), gate(max_slice_loss=0.0), sources)
    assert_inert_markdown(render_verdict(verdict, champion=HOSTILE))


def test_a_right_to_left_source_moves_nothing_beside_it(scores, gate):
    sources = np.full(400, "משרד")
    verdict = decide(scores(range(1, 41, 2)), scores(), gate(max_slice_loss=0.0), sources)
    assert "accuracy of \u2068משרד\u2069" in render_verdict(verdict)


def test_what_cannot_be_compared_has_no_table(scores, gate):
    model = scores()
    nothing = model.rows(np.zeros(400, bool))
    empty = np.array([], dtype=str)
    verdict = judge(nothing, nothing, nothing, empty, empty, gate())
    assert lines(verdict) == [
        "**not enough to judge: 0 messages, 50 needed; 0 clusters of near-duplicates, 20 needed; "
        "0 clusters labelled ham, 29 needed; 0 clusters labelled spam, 15 needed: add messages or "
        "raise split.test**",
        "",
        "Judged on 0 messages in 0 clusters of near-duplicates; 0 more left out because the "
        "champion was trained on them or on near-duplicates.",
    ]
    undefined = decide(scores(threshold=0.99), scores(threshold=0.99), gate())
    (mcc,) = [cells(line) for line in lines(undefined) if line.startswith("| mcc")]
    assert mcc == ["mcc", "n/a", "n/a", "n/a", "", "", "for information"]
