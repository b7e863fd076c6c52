import hashlib
import tempfile
from pathlib import Path

import pytest
from decision_history import FIRST, NAME, decision

from rnnops.gate.markdown import render_verdict
from rnnops.gate.verdict import Verdict
from rnnops.registry import verdicts
from rnnops.registry.verdicts import (
    check_eligibility,
    find_verdict,
    record_verdict,
    verdict_label,
)
from rnnops.registry.versions import get_version


@pytest.fixture
def found(client, publish):
    """Read the version again: MLflow's records do not change with the store."""
    version = publish(client, "identity 2")
    return lambda: get_version(client, NAME, version)


def test_a_version_without_a_verdict_may_not_be_promoted(client, found, gate):
    assert verdict_label(found(), None, gate) == "not judged"
    assert find_verdict(client, found(), None, gate) is None
    eligibility = check_eligibility(client, found(), None, gate)
    assert "it is not judged yet" in eligibility.problem
    assert (eligibility.reason, eligibility.numbers) == ("", {})


def test_a_verdict_is_kept_whole_with_the_version_and_its_run(client, found, gate, judge, tmp_path):
    verdict = judge(found().version)
    assert find_verdict(client, found(), None, gate) == verdict
    tags = found().tags
    assert (tags["gate.verdict"], tags["gate.reason"]) == ("passed", "passed: roc_auc +0.0100")
    assert tags["gate.against"] == "no champion"
    artifacts = {each.path for each in client.list_artifacts(found().run_id, "gate")}
    assert artifacts == {"gate/version-1.json", "gate/version-1.md"}
    page = client.download_artifacts(found().run_id, "gate/version-1.md", str(tmp_path))
    assert Path(page).read_text() == render_verdict(verdict)
    eligibility = check_eligibility(client, found(), None, gate)
    assert (eligibility.problem, eligibility.reason) == (None, "passed: roc_auc +0.0100")
    assert eligibility.numbers["difference"] == 0.01


def test_reading_a_verdict_leaves_no_file_behind(client, found, gate, judge, tmp_path, monkeypatch):
    verdict = judge(found().version)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    assert find_verdict(client, found(), None, gate) == verdict
    assert list(scratch.iterdir()) == []


def test_a_refused_version_may_not_be_promoted(client, found, gate, judge):
    judge(found().version, "refused")
    assert verdict_label(found(), None, gate) == "refused"
    assert check_eligibility(client, found(), None, gate).problem == "refused: roc_auc +0.0100"


def test_a_verdict_without_a_check_has_no_numbers(client, found, gate):
    verdict = Verdict("refused", "refused: other labels", "baseline", 300, 250, 0)
    record_verdict(client, found(), verdict, None, gate)
    eligibility = check_eligibility(client, found(), None, gate)
    assert (eligibility.problem, eligibility.numbers) == ("refused: other labels", {})


def test_a_verdict_holds_for_the_gates_parameters_it_was_made_by(client, found, gate, judge):
    judge(found().version)
    other = gate.model_copy(update={"margin": 0.01})
    assert verdict_label(found(), None, other) == "passed by other rules or parameters of the gate"
    assert find_verdict(client, found(), None, other) is None
    problem = check_eligibility(client, found(), None, other).problem
    assert "it was judged by other rules or parameters of the gate" in problem
    judge(found().version, "refused", params=other)
    assert verdict_label(found(), None, other) == "refused"


def test_what_a_verdict_holds_for_is_written_the_same_by_every_release(gate):
    """Else each version would be judged again, with one more look at the test split."""
    written = (
        '{"bootstrap_resamples": 100, "confidence": 0.95, "margin": 0.001, '
        '"max_false_positive_rate": null, "max_slice_loss": null, "metric": "roc_auc", '
        '"min_clusters": 20, "min_label_clusters": 15, "min_messages": 50, "min_recall": null, '
        '"min_slice_messages": 50, "no_worse_than_baseline": false, "rule": "superiority", '
        '"rules": 2, "seed": 0}'
    )
    assert verdicts.verdict_conditions(FIRST, gate) == {
        "gate.against": FIRST.identity,
        "gate.by": hashlib.sha256(written.encode()).hexdigest(),
    }


def test_a_verdict_by_earlier_rules_is_given_again(client, found, gate, judge, monkeypatch):
    judge(found().version)
    monkeypatch.setattr(verdicts, "RULES", verdicts.RULES + 1)
    assert find_verdict(client, found(), None, gate) is None
    problem = check_eligibility(client, found(), None, gate).problem
    assert "it was judged by other rules or parameters of the gate" in problem


def test_a_verdict_holds_against_the_champion_it_was_made_against(
    client, publish, found, gate, judge
):
    judge(found().version)
    assert verdict_label(found(), FIRST, gate) == "passed against another champion"
    assert find_verdict(client, found(), FIRST, gate) is None
    problem = check_eligibility(client, found(), FIRST, gate).problem
    assert "against another champion than the present one (version 1 (not the version 1 here))" in (
        problem
    )
    judge(found().version, champion=FIRST)
    assert check_eligibility(client, found(), FIRST, gate).problem is None
    without = check_eligibility(client, found(), None, gate).problem
    assert without.endswith("the present one (none): `dvc repro` on its commit judges it again")
    here = decision(2, publish(client, "identity 3"), identity="identity 3")
    assert "the present one (version 2): `dvc repro`" in (
        check_eligibility(client, found(), here, gate).problem
    )
