import pytest

from rnnops.core.errors import InputError
from rnnops.gate.params import Gate
from rnnops.registry import challenger, decisions, promotion
from rnnops.registry import versions as registry
from rnnops.tracking.runs import IDENTITY_TAG

NAME = "mine-classifier"
GATE = Gate(
    rule="superiority", metric="roc_auc", margin=0.001, confidence=0.95, bootstrap_resamples=100,
    seed=0, min_messages=50, min_clusters=20, min_label_clusters=15, max_false_positive_rate=None,
    min_recall=None, max_slice_loss=None, min_slice_messages=50, no_worse_than_baseline=False,
)  # fmt: skip


def add_version(client, identity, **tags):
    run = client.get_run(decisions.open_ledger(client, NAME)).info
    tags |= {IDENTITY_TAG: identity}
    made = client.create_model_version(NAME, run.artifact_uri, run.run_id, tags)
    return str(made.version)


@pytest.mark.parametrize("where", ["client", "served"])
def test_a_version_gets_the_number_that_history_gives_it(where, request):
    client = request.getfixturevalue(where)
    decisions.open_ledger(client, NAME)
    registry.skip_to(client, NAME, 3)
    assert add_version(client, "a") == "3"
    registry.skip_to(client, NAME, 2)  # the registry is past it
    assert add_version(client, "b") == "4"
    registry.skip_to(client, NAME, 5)
    assert add_version(client, "c") == "5"
    assert [str(found.version) for found in registry.versions(client, NAME)] == ["5", "4", "3"]


def test_history_shows_the_number_that_a_version_has_here(client):
    for identity in ("a", "b"):
        add_version(client, identity)
    assert registry.number_here(client, NAME, "1", "a") == "1"
    assert registry.number_here(client, NAME, "7", "b") == "7 (version 2 here)"
    assert registry.number_here(client, NAME, "1", "gone") == "1 (not the version 1 here)"
    assert registry.number_here(client, NAME, "9", "gone") == "9"


def tags(verdict, against, gate=GATE):
    standing = against and decisions.Decision(1, "promote", "1", against, "", "", "", False, {})
    return {challenger.VERDICT_TAG: verdict, **challenger._conditions(standing, gate)}


def test_without_a_version_the_newest_that_passed_is_promoted_or_all_are_listed(client):
    other = GATE.model_copy(update={"seed": 1})
    add_version(client, "a", **tags("passed", None))
    add_version(client, "b", **tags("refused", "a"))
    add_version(client, "c", **tags("passed", None))
    add_version(client, "d", **tags("passed", "a", other))
    add_version(client, "e", **tags("not enough to judge", "a"))
    add_version(client, "f")
    champion = decisions.Decision(1, "promote", "1", "a", "", "ann", "first", False, {})
    decisions.append(client, NAME, champion)
    assert promotion.verdicts(client, NAME, [champion], GATE) == {
        "6": "not judged",
        "5": "not enough to judge",
        "4": "passed by other parameters of the gate",
        "3": "passed against another champion",
        "2": "refused",
        "1": "champion",
    }
    with pytest.raises(InputError, match="champion: version 6 .not judged., version 5"):
        promotion._newest_passed(client, NAME, [champion], GATE)
    newest = add_version(client, "g", **tags("passed", "a"))
    add_version(client, "h", **tags("refused", "a"))
    assert promotion._newest_passed(client, NAME, [champion], GATE) == newest
