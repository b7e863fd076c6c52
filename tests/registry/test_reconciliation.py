"""Registry, models/champion.json and the champion's files after losses on either side."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from decision_history import FIRST, NAME, decision

from rnnops.core.errors import InputError
from rnnops.registry import published_model, versions
from rnnops.registry.champion_file import CHAMPION_FILE, read_file, write_file
from rnnops.registry.decisions import next_decision
from rnnops.registry.ledger import append_decision, open_ledger, read_ledger
from rnnops.registry.reconciliation import (
    apply_decisions,
    read_decisions,
    reconcile,
    reserve_numbers,
)
from rnnops.tracking import store
from rnnops.tracking.tags import IDENTITY_TAG

KEPT = Path("models/champion") / NAME


@pytest.fixture
def decide(checkout, publish):
    """Publish a model and make it the champion."""

    def decide(identity):
        version = publish(checkout, identity)
        earlier = read_ledger(checkout, NAME)
        made = next_decision(
            earlier, action="promote", version=version, identity=identity, reason="better",
            forced=True, numbers={},
        )  # fmt: skip
        append_decision(checkout, NAME, made)
        apply_decisions(checkout, NAME, [*earlier, made])
        return made

    return decide


@pytest.fixture
def connect_to_a_new_registry(empty_store, monkeypatch):
    """Make an empty store the present one; its client."""

    def connect():
        shutil.copytree(empty_store, "other")
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{Path.cwd()}/other/mlflow.db")
        return store.connect()

    return connect


def commit():
    subprocess.run(["git", "add", "-A", "models"], check=True)
    subprocess.run(["git", "commit", "-q", "-m", "champion"], check=True)


def test_where_registry_and_file_are_the_same_nothing_is_written(checkout, decide, capsys):
    made = [decide("a"), decide("b")]
    before = CHAMPION_FILE.stat().st_mtime_ns
    for _ in range(2):
        assert reconcile(checkout, NAME) == made
    assert CHAMPION_FILE.stat().st_mtime_ns == before
    assert len(versions.list_versions(checkout, NAME)) == 2
    assert capsys.readouterr().err == ""


def test_without_any_decision_nothing_is_made(checkout):
    assert reconcile(checkout, NAME) == []
    assert not CHAMPION_FILE.exists()
    assert checkout.search_registered_models() == []


@pytest.mark.parametrize("left", [0, 1])
def test_a_file_that_lost_decisions_is_restored_with_the_champions_files(
    checkout, decide, capsys, left
):
    made = [decide("a"), decide("b")]
    if left:
        write_file(NAME, made[:left])
    else:
        CHAMPION_FILE.unlink()
    shutil.rmtree(KEPT)
    Path(f"{KEPT}.dvc").unlink()
    assert reconcile(checkout, NAME) == made
    assert read_file(NAME) == made
    assert published_model.read_identity(KEPT) == "b"
    assert Path(f"{KEPT}.dvc").exists()
    note = capsys.readouterr().err
    assert note.startswith(f"note: models/champion.json lacked {2 - left} of 2 decisions on {NAME}")
    assert note.count("\n") == 1


def test_a_file_is_filled_up_from_git_when_the_registry_is_lost_too(
    decide, capsys, connect_to_a_new_registry
):
    made = [decide("a"), decide("b")]
    commit()
    write_file(NAME, made[:1])
    client = connect_to_a_new_registry()
    assert reconcile(client, NAME) == made
    assert read_file(NAME) == read_ledger(client, NAME) == made
    assert "restored from git's history (commit " in capsys.readouterr().err


def test_a_new_registry_takes_over_decisions_and_champion_under_its_number(
    decide, connect_to_a_new_registry, capsys
):
    made = [decide("a"), decide("b"), decide("c")]
    client = connect_to_a_new_registry()
    assert read_decisions(client, NAME) == made
    assert reconcile(client, NAME) == made
    assert read_ledger(client, NAME) == made
    (restored,) = versions.list_versions(client, NAME)
    assert (str(restored.version), restored.tags[IDENTITY_TAG]) == ("3", "c")
    assert versions.find_alias(client, NAME, "champion") == "3"
    assert capsys.readouterr().err == ""
    published_model.fetch(NAME, "3", Path("fetched"))
    scores = published_model.score(Path("fetched"), ["buy now"])
    assert scores["label"].tolist() == ["spam"]


def test_a_new_registry_that_gave_the_number_away_restores_under_another(
    decide, publish, connect_to_a_new_registry, capsys
):
    made = [decide("a")]
    client = connect_to_a_new_registry()
    assert publish(client, "stranger") == "1"
    assert reconcile(client, NAME) == made
    assert versions.find_alias(client, NAME, "champion") == "2"
    assert versions.describe_number(client, NAME, "1", "a") == "1 (version 2 here)"
    assert "version 1 of mine-classifier is version 2 here" in capsys.readouterr().err


def test_without_the_champions_files_the_command_that_fetches_them_is_named(
    decide, connect_to_a_new_registry
):
    decide("a")
    shutil.rmtree(KEPT)
    shutil.rmtree(".dvc/cache")
    client = connect_to_a_new_registry()
    with pytest.raises(InputError, match=f"run `dvc pull models/champion/{NAME}.dvc`"):
        reconcile(client, NAME)
    assert read_ledger(client, NAME) == []


def test_files_that_the_workspace_lacks_come_from_dvcs_cache(decide, connect_to_a_new_registry):
    made = [decide("a")]
    shutil.rmtree(KEPT)
    client = connect_to_a_new_registry()
    assert reconcile(client, NAME) == made
    assert published_model.read_identity(KEPT) == "a"


def test_a_registry_and_a_file_that_differ_are_an_error_and_stay_as_they_are(checkout, decide):
    made = [decide("a")]
    other = [decision(1, "1", identity="another")]
    write_file(NAME, other)
    with pytest.raises(InputError, match="differ on mine-classifier from decision 1 on"):
        reconcile(checkout, NAME)
    assert (read_ledger(checkout, NAME), read_file(NAME)) == (made, other)


def test_a_copy_that_dvc_runs_an_experiment_in_restores_no_file(checkout, decide, monkeypatch):
    made = [decide("a")]
    CHAMPION_FILE.unlink()
    copy = Path(".dvc/tmp/exps/copy")
    copy.mkdir(parents=True)
    (copy / "params.yaml").touch()
    with monkeypatch.context() as patch:
        patch.chdir(copy)
        assert reconcile(checkout, NAME) == made
    assert not CHAMPION_FILE.exists()


def test_a_model_that_was_never_champion_takes_no_champions_number(checkout, publish):
    open_ledger(checkout, NAME)
    reserve_numbers(checkout, NAME)  # without decisions no number is taken
    assert publish(checkout, "a") == "1"
    for number, version in ((1, "1"), (2, "2"), (3, "4")):
        identity = "a" if version == "1" else f"identity {version}"
        append_decision(checkout, NAME, decision(number, version, identity=identity))
    write_file(NAME, read_ledger(checkout, NAME))
    reserve_numbers(checkout, NAME)
    assert publish(checkout, "new") == "3"


def test_the_champion_is_registered_before_a_model_could_take_its_number(
    decide, publish, connect_to_a_new_registry
):
    decide("a")
    client = connect_to_a_new_registry()
    reserve_numbers(client, NAME)
    assert publish(client, "new") == "2"
    assert versions.find_version(client, NAME, "a") == "1"


def test_a_broken_dvc_leaves_the_decision_and_names_the_remedy(checkout, decide, publish):
    made = decide("a")
    Path(".dvc/config").write_text("[core\n")
    version = publish(checkout, "b")
    second = decision(2, version, identity="b")
    append_decision(checkout, NAME, second)
    with pytest.raises(InputError, match="the decision stands, and `rnnops sync`"):
        apply_decisions(checkout, NAME, [made, second])
    assert read_ledger(checkout, NAME) == [made, second]
    assert json.loads(CHAMPION_FILE.read_text())[NAME] == json.loads(f"[{made.to_json()}]")


def test_decisions_of_other_models_stay(decide):
    write_file("other-classifier", [FIRST])
    decide("a")
    assert read_file("other-classifier") == [FIRST]
