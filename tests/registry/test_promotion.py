"""Promotion and rollback on small published models, in a checkout with git, DVC and a store."""

import json
from pathlib import Path

import pytest
from decision_history import NAME

from rnnops.core import programs
from rnnops.core.errors import InputError
from rnnops.registry import promotion, published_model, versions
from rnnops.registry.champion_file import read_file
from rnnops.registry.ledger import open_ledger, read_ledger
from rnnops.registry.reconciliation import read_decisions
from rnnops.tracking.tags import IDENTITY_TAG

KEPT = Path("models/champion") / NAME


@pytest.fixture
def promote(checkout, gate):
    def promote(version=None, *, params=gate, force=False, reason=None):
        return promotion.promote(checkout, NAME, version, params, force=force, reason=reason)

    return promote


def champion(client):
    return versions.find_alias(client, NAME, "champion")


def state(client):
    """What a refused promotion must leave as it was."""
    file = Path("models/champion.json")
    text = file.read_text() if file.exists() else None
    return champion(client), read_ledger(client, NAME), text


def test_the_newest_version_that_passed_becomes_the_champion(checkout, publish, judge, promote):
    judge(publish(checkout, "a"))
    judge(publish(checkout, "b"))
    judge(publish(checkout, "c"), "refused")
    decision = promote()
    assert (decision.number, decision.action, decision.version) == (1, "promote", "2")
    assert (decision.identity, decision.forced) == ("b", False)
    assert (decision.who, decision.reason) == ("ann", "passed: roc_auc +0.0100")
    assert decision.numbers["name"] == "roc_auc"
    assert champion(checkout) == "2"
    assert read_ledger(checkout, NAME) == read_file(NAME) == [decision]
    assert published_model.read_identity(KEPT) == "b"
    assert "up to date" in programs.output("dvc", "status", f"{KEPT}.dvc")


def test_the_files_of_a_new_champion_replace_those_of_the_one_before(
    checkout, publish, judge, promote
):
    judge(publish(checkout, "a"))
    first = promote()
    judge(publish(checkout, "b"), champion=first)
    second = promote("2")
    assert read_ledger(checkout, NAME) == read_file(NAME) == [first, second]
    assert champion(checkout) == "2"
    assert published_model.read_identity(KEPT) == "b"


@pytest.mark.parametrize(
    ("prepare", "problem"),
    [
        (lambda judge, gate: None, "it is not judged yet"),  # noqa: ARG005
        (lambda judge, gate: judge("1", "refused"), "refused: roc_auc"),  # noqa: ARG005
        (lambda judge, gate: judge("1", "not enough to judge"), "not enough to judge"),  # noqa: ARG005
        (
            lambda judge, gate: judge("1", params=gate.model_copy(update={"seed": 1})),
            "it was judged by other rules or parameters of the gate",
        ),
    ],
    ids=["not judged", "refused", "not enough", "other parameters"],
)
def test_without_a_verdict_that_holds_nothing_is_promoted(
    checkout, publish, judge, gate, promote, prepare, problem
):
    publish(checkout, "a")
    prepare(judge, gate)
    before = state(checkout)
    for version in ("1", None):
        with pytest.raises(InputError) as raised:
            promote(version)
        message = str(raised.value)
        assert version is None or f"version 1 of {NAME} is not promoted: {problem}" in message
        assert version is None or message.endswith('; `--force --reason "…"` promotes it anyway')
        assert "--force" in message
        assert "\n" not in message
    assert state(checkout) == before
    assert not KEPT.exists()


def test_force_promotes_a_refused_version_and_keeps_the_reason(checkout, publish, judge, promote):
    judge(publish(checkout, "a"), "refused")
    with pytest.raises(InputError, match=r"^--force needs --reason: the reason is kept with"):
        promote("1", force=True)
    decision = promote("1", force=True, reason="an outage")
    assert (decision.forced, decision.reason) == (True, "an outage")
    assert champion(checkout) == "1"
    assert json.loads(Path("models/champion.json").read_text())[NAME][0]["reason"] == "an outage"


def test_what_cannot_be_a_champion_is_refused(checkout, publish, judge, promote):
    with pytest.raises(InputError, match=f"{NAME} has no version: run `dvc repro`"):
        promote()
    judge(publish(checkout, "a"))
    promote()
    with pytest.raises(InputError, match="version 1 of mine-classifier is the champion already"):
        promote("1")
    with pytest.raises(InputError, match="has no version 9; it has: 1"):
        promote("9")
    publish(checkout, "b", leave_out=["trained_on"])
    with pytest.raises(InputError, match="does not list the messages it was trained on"):
        promote("2", force=True, reason="try")
    version = versions.get_version(checkout, NAME, "1")
    foreign = {IDENTITY_TAG: "of another model"}
    checkout.create_model_version(NAME, version.source, version.run_id, foreign)
    with pytest.raises(InputError, match="version 3 .* was not registered by `dvc repro`"):
        promote("3", force=True, reason="try")
    assert champion(checkout) == "1"
    assert len(read_ledger(checkout, NAME)) == 1


def test_a_rollback_returns_to_the_champion_before(checkout, publish, promote):
    with pytest.raises(InputError, match="has no earlier champion to go back to"):
        promotion.rollback(checkout, NAME, None)
    for identity in ("a", "b", "c"):
        promote(publish(checkout, identity), force=True, reason="to have three")
    back = promotion.rollback(checkout, NAME, None)
    assert (back.number, back.action, back.version) == (4, "rollback", "2")
    assert (back.identity, back.forced, back.numbers) == ("b", False, {})
    assert back.reason == "version 3 is withdrawn"
    assert champion(checkout) == "2"
    assert published_model.read_identity(KEPT) == "b"
    again = promotion.rollback(checkout, NAME, "complaints")
    assert (again.version, again.reason) == ("1", "complaints")
    assert champion(checkout) == "1"
    with pytest.raises(InputError, match="has no earlier champion to go back to"):
        promotion.rollback(checkout, NAME, None)
    assert len(read_file(NAME)) == 5


def test_a_champion_that_the_registry_lacks_is_not_returned_to(checkout, publish, promote):
    for identity in ("a", "b"):
        promote(publish(checkout, identity), force=True, reason="to have two")
    checkout.delete_model_version(NAME, "1")
    with pytest.raises(InputError) as raised:
        promotion.rollback(checkout, NAME, None)
    assert str(raised.value) == (
        f"the earlier champion of {NAME}, version 1, is not in this registry: "
        "`rnnops sync` registers what git and DVC still have of it"
    )
    assert champion(checkout) == "2"


def test_verdicts_are_listed_with_what_they_hold_for(checkout, publish, judge, gate, promote):
    judge(publish(checkout, "a"))
    first = promote()
    judge(publish(checkout, "b"), "refused", first)
    judge(publish(checkout, "c"))
    judge(publish(checkout, "d"), champion=first, params=gate.model_copy(update={"seed": 1}))
    judge(publish(checkout, "e"), "not enough to judge", first)
    publish(checkout, "f")
    listed = promotion.list_verdicts(checkout, NAME, read_decisions(checkout, NAME), gate)
    assert listed == {
        "6": "not judged",
        "5": "not enough to judge",
        "4": "passed by other rules or parameters of the gate",
        "3": "passed against another champion",
        "2": "refused",
        "1": "champion",
    }
    with pytest.raises(InputError, match="champion: version 6 .not judged., version 5") as raised:
        promote()
    advice = '; `rnnops promote VERSION --force --reason "…"` promotes one anyway'
    assert str(raised.value).endswith(advice)
    judge("6", champion=first)
    promote()
    listed = promotion.list_verdicts(checkout, NAME, read_decisions(checkout, NAME), gate)
    assert (listed["6"], listed["1"]) == ("champion", "champion before")
    assert listed["2"] == "refused against another champion"


def test_a_long_list_of_verdicts_is_cut():
    listed = {str(version): "refused" for version in range(13, 0, -1)}
    text = promotion.describe_verdicts(listed)
    assert text.startswith("version 13 (refused), version 12 (refused)")
    assert text.endswith("version 4 (refused) and 3 older ones")
    del listed["1"], listed["2"]
    assert promotion.describe_verdicts(listed).endswith("version 4 (refused) and 1 older ones")
    del listed["3"]
    assert promotion.describe_verdicts(listed).endswith("version 4 (refused)")


def test_an_earlier_release_left_no_ledger_behind(checkout):
    """A registered model without the tag gets its ledger with the first decision."""
    checkout.create_registered_model(NAME)
    assert read_ledger(checkout, NAME) == []
    ledger = open_ledger(checkout, NAME)
    assert checkout.get_registered_model(NAME).tags["rnnops.decisions"] == ledger
