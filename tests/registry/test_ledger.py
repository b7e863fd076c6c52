import subprocess
import sys

import pytest
from decision_history import FIRST, NAME, SECOND, decision

from rnnops.core.errors import InputError
from rnnops.registry.ledger import append_decision, open_ledger, read_ledger

RACE = """
import sys
from rnnops.core.errors import InputError
from rnnops.registry.decisions import next_decision
from rnnops.registry.ledger import append_decision, read_ledger
from rnnops.tracking import store
version = sys.argv[1]
client = store.connect()
earlier = read_ledger(client, "mine-classifier")
mine = next_decision(earlier, action="promote", version=version, identity=version,
                     reason="better", forced=False, numbers={})
print("ready", flush=True)
sys.stdin.readline()
try:
    append_decision(client, "mine-classifier", mine)
except InputError as error:
    print("refused", error)
else:
    print("accepted")
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


def test_the_registry_keeps_decisions_in_order(client):
    assert read_ledger(client, NAME) == []
    many = [decision(number, str(number)) for number in range(1, 12)]
    for each in many:
        append_decision(client, NAME, each)
    assert read_ledger(client, NAME) == many


def test_a_recorded_decision_cannot_be_changed(client):
    append_decision(client, NAME, FIRST)
    with pytest.raises(InputError, match="ann has just made version 1 the champion"):
        append_decision(client, NAME, decision(1, "2", who="bob"))
    assert read_ledger(client, NAME) == [FIRST]


@pytest.mark.parametrize("where", ["client", pytest.param("served", marks=pytest.mark.slow)])
def test_of_two_promotions_at_once_one_succeeds_and_the_other_names_it(where, request, tmp_path):
    client = request.getfixturevalue(where)
    append_decision(client, NAME, FIRST)
    printed = race(tmp_path)
    assert sorted(text.split()[0] for text in printed) == ["accepted", "refused"]
    winner = ("2", "3")[printed.index("accepted")]
    assert [each.version for each in read_ledger(client, NAME)] == ["1", winner]
    (refused,) = [text for text in printed if text != "accepted"]
    assert f"has just made version {winner} the champion" in refused


def test_of_two_first_decisions_at_once_one_succeeds(client, tmp_path):
    printed = race(tmp_path)
    assert sorted(text.split()[0] for text in printed) == ["accepted", "refused"]
    assert len(read_ledger(client, NAME)) == 1


@pytest.mark.parametrize("where", ["client", pytest.param("served", marks=pytest.mark.slow)])
def test_the_ledgers_run_is_finished_and_described_and_accepts_decisions_all_the_same(
    where, request
):
    client = request.getfixturevalue(where)
    ledger = open_ledger(client, NAME)
    run = client.get_run(ledger)
    assert run.info.status == "FINISHED"
    assert "rnnops history" in run.data.tags["mlflow.note.content"]
    append_decision(client, NAME, FIRST)
    append_decision(client, NAME, SECOND)
    assert read_ledger(client, NAME) == [FIRST, SECOND]
    assert client.get_run(ledger).info.status == "FINISHED"
    assert "mine" in client.get_registered_model(NAME).description


def test_a_reason_longer_than_mlflow_keeps_is_refused_and_another_alphabet_is_kept(client):
    with pytest.raises(InputError, match="the reason is too long: 6,000 characters"):
        append_decision(client, NAME, decision(1, "1", reason="x" * 6000))
    foreign = decision(1, "1", reason="жалобы " * 500)
    append_decision(client, NAME, foreign)
    assert read_ledger(client, NAME) == [foreign]
