"""The count of looks, in a checkout with git and a store."""

import subprocess
from dataclasses import replace
from pathlib import Path

from decision_history import FIRST, NAME, SECOND

from rnnops.registry.ledger import LEDGER_TAG, open_ledger
from rnnops.registry.looks import (
    Look,
    earlier_opponent,
    read_looks,
    record_look,
    take_look,
    write_looks,
)

LOOK = Look(NAME, "champion", 0, 1, "a", "gate")
FILE = Path("models/looks.jsonl")


def take(looks, champion="champion", seed=0, challenger="b", gate="gate"):
    return take_look(looks, NAME, champion, seed, challenger, gate).number


def test_each_challenger_is_one_look_at_its_champion_and_test_split():
    looks = {LOOK}
    assert take(looks) == 2
    assert take(looks, challenger="a") == 1  # again
    assert take(looks, challenger="a", gate="other") == 2
    assert take(looks, champion="next") == 1
    assert take(looks, seed=1) == 1
    both = {LOOK, replace(LOOK, challenger="b"), replace(LOOK, challenger="b", number=2)}
    assert take(both, challenger="c") == 3  # of two branches that each took the first look


def test_a_version_is_rebuilt_against_the_champion_it_was_compared_with():
    looks = {replace(LOOK, champion=FIRST.identity)}
    assert earlier_opponent(looks, [FIRST, SECOND], "a") == FIRST
    assert earlier_opponent(looks, [FIRST, SECOND], "b") is None


def test_a_look_survives_the_loss_of_registry_or_file_or_a_reverted_file(checkout):
    record_look(checkout, LOOK)
    assert read_looks(checkout, NAME) == {LOOK}
    written = FILE.read_text()
    FILE.unlink()
    assert read_looks(checkout, NAME) == {LOOK}
    write_looks(checkout, NAME)
    assert FILE.read_text() == written
    subprocess.run(["git", "add", "models"], check=True)
    subprocess.run(["git", "commit", "-q", "-m", "a look"], check=True)
    forget(checkout)
    assert read_looks(checkout, NAME) == {LOOK}
    FILE.write_text("<<<<<<< HEAD\n")
    subprocess.run(["git", "commit", "-q", "-a", "-m", "reverted"], check=True)
    assert read_looks(checkout, NAME) == {LOOK}


def test_a_look_on_a_branch_that_nobody_merged_counts(checkout):
    subprocess.run(["git", "commit", "-q", "--allow-empty", "-m", "start"], check=True)
    subprocess.run(["git", "checkout", "-q", "-b", "retrain"], check=True)
    record_look(checkout, LOOK)
    subprocess.run(["git", "add", "models"], check=True)
    subprocess.run(["git", "commit", "-q", "-m", "proposed"], check=True)
    subprocess.run(["git", "checkout", "-q", "-"], check=True)
    forget(checkout)
    assert not FILE.exists()
    assert read_looks(checkout, NAME) == {LOOK}


def forget(client):
    """Let the registry know nothing any more, as a new one in CI."""
    client.delete_run(open_ledger(client, NAME))
    client.delete_registered_model_tag(NAME, LEDGER_TAG)


def test_looks_at_other_models_stay_in_the_file(checkout):
    other = replace(LOOK, model="another-classifier")
    record_look(checkout, other)
    record_look(checkout, LOOK)
    assert read_looks(checkout, NAME) == {LOOK}
    assert read_looks(checkout, other.model) == {other}
    assert len(FILE.read_text().splitlines()) == 2
