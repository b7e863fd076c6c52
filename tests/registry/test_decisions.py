import subprocess
import sys

import pytest

from rnnops.core.errors import InputError
from rnnops.registry import decisions
from rnnops.registry.decisions import Decision

NAME = "mine-classifier"


def decision(number, version, action="promote", **said):
    told = {"when": "2026-01-01T00:00:00+00:00", "who": "ann", "reason": "better", "forced": False}
    return Decision(
        number=number, action=action, version=version, identity=f"identity {version}", numbers={},
        **{**told, **said},
    )  # fmt: skip


FIRST, SECOND = decision(1, "1"), decision(2, "3")
BACK = decision(3, "1", "rollback")


@pytest.mark.parametrize(
    ("made", "standing"),
    [
        ([], []),
        ([FIRST], ["1"]),
        ([FIRST, SECOND], ["1", "3"]),
        ([FIRST, SECOND, BACK], ["1"]),
        ([FIRST, SECOND, BACK, decision(4, "4")], ["1", "4"]),
    ],
)
def test_a_rollback_undoes_the_last_promotion_that_stands(made, standing):
    assert [each.version for each in decisions.champions(made)] == standing


def test_the_registry_keeps_decisions_in_order(client):
    assert decisions.read_ledger(client, NAME) == []
    many = [decision(number, str(number)) for number in range(1, 12)]
    for each in many:
        decisions.append(client, NAME, each)
    assert decisions.read_ledger(client, NAME) == many


def test_a_decision_that_is_made_cannot_be_changed(client):
    decisions.append(client, NAME, FIRST)
    with pytest.raises(InputError, match="ann has just made version 1 the champion"):
        decisions.append(client, NAME, decision(1, "2", who="bob"))
    assert decisions.read_ledger(client, NAME) == [FIRST]


RACE = """
import sys
from rnnops.core.errors import InputError
from rnnops.registry import decisions
from rnnops.tracking import store
from rnnops.registry.decisions import Decision
version = sys.argv[1]
client = store.connect()
earlier = decisions.read_ledger(client, "mine-classifier")
mine = decisions.next_decision(earlier, action="promote", version=version, identity=version,
                               reason="better", forced=False, numbers={})
print("ready", flush=True)
sys.stdin.readline()
try:
    decisions.append(client, "mine-classifier", mine)
except InputError as told:
    print("told", told)
else:
    print("won")
"""


def race(folder):
    """What two processes print that claim the same number at the same moment."""
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, version],
            cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for version in ("2", "3")
    ]  # fmt: skip
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    return [racer.communicate()[0].strip() for racer in racers]


@pytest.mark.parametrize("where", ["client", "served"])
def test_of_two_promotions_at_once_one_wins_and_the_other_is_told(where, request, tmp_path):
    client = request.getfixturevalue(where)
    decisions.append(client, NAME, FIRST)
    printed = race(tmp_path)
    assert sorted(text.split()[0] for text in printed) == ["told", "won"]
    winner = ("2", "3")[printed.index("won")]
    assert [each.version for each in decisions.read_ledger(client, NAME)] == ["1", winner]
    (told,) = [text for text in printed if text != "won"]
    assert f"has just made version {winner} the champion" in told


@pytest.mark.parametrize("where", ["client", "served"])
def test_the_ledgers_run_is_finished_and_explained_and_takes_decisions_all_the_same(where, request):
    client = request.getfixturevalue(where)
    ledger = decisions.open_ledger(client, NAME)
    run = client.get_run(ledger)
    assert run.info.status == "FINISHED"
    assert "rnnops history" in run.data.tags["mlflow.note.content"]
    decisions.append(client, NAME, FIRST)
    decisions.append(client, NAME, SECOND)
    assert decisions.read_ledger(client, NAME) == [FIRST, SECOND]
    assert client.get_run(ledger).info.status == "FINISHED"
    assert "mine" in client.get_registered_model(NAME).description


def test_of_two_first_decisions_at_once_one_wins(client, tmp_path):
    printed = race(tmp_path)
    assert sorted(text.split()[0] for text in printed) == ["told", "won"]
    assert len(decisions.read_ledger(client, NAME)) == 1


def test_the_file_keeps_the_decisions_of_each_model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert decisions.read_file(NAME) == []
    decisions.write_file(NAME, [FIRST, SECOND])
    decisions.write_file("other-classifier", [FIRST])
    assert decisions.read_file(NAME) == [FIRST, SECOND]
    assert decisions.read_file("other-classifier") == [FIRST]


def test_of_registry_and_file_the_one_that_goes_on_is_believed():
    assert decisions.longer_history([FIRST], [FIRST, SECOND], NAME) == [FIRST, SECOND]
    assert decisions.longer_history([FIRST, SECOND], [], NAME) == [FIRST, SECOND]


def test_a_registry_and_a_file_that_tell_of_different_champions_are_an_error():
    with pytest.raises(InputError, match="disagree on mine-classifier from decision 2 on"):
        decisions.longer_history([FIRST, SECOND], [FIRST, decision(2, "2"), BACK], NAME)


def test_a_reason_too_long_to_be_kept_is_refused_and_another_alphabet_is_kept(client):
    with pytest.raises(InputError, match="the reason is too long: 6,000 characters"):
        decisions.append(client, NAME, decision(1, "1", reason="x" * 6000))
    foreign = decision(1, "1", reason="жалобы " * 500)
    decisions.append(client, NAME, foreign)
    assert decisions.read_ledger(client, NAME) == [foreign]


@pytest.mark.parametrize("content", ["<<<<<<< HEAD\n{}", '{"mine-classifier": [{"a": 1}]}', "[1]"])
def test_a_file_that_is_broken_is_named_in_one_line(tmp_path, monkeypatch, content):
    monkeypatch.chdir(tmp_path)
    decisions.write_file(NAME, [FIRST])
    (tmp_path / "models/champion.json").write_text(content)
    with pytest.raises(InputError, match=r"models/champion\.json cannot be read"):
        decisions.read_file(NAME)
