from importlib.metadata import version
from pathlib import Path

import pytest
from decision_history import NAME
from mlflow.models import Model
from mlflow.types import DataType

from rnnops.core.errors import InputError
from rnnops.registry import published_model
from rnnops.registry.publication import artifact_paths
from rnnops.tracking.tags import IDENTITY_TAG

FOLDER = Path("fetched")


@pytest.mark.slow  # it scores in a program of its own
def test_a_fetched_model_says_what_it_is_and_scores_by_its_own_code(client, publish):
    version = publish(client, "identity 1")
    published_model.fetch(NAME, version, FOLDER)
    assert published_model.read_identity(FOLDER) == "identity 1"
    assert published_model.read_training_ids(FOLDER)["id"].tolist() == ["a", "b"]
    rule = {"labels": ["ham", "spam"], "positive": "spam", "threshold": 0.5}
    assert published_model.read_decision_rule(FOLDER) == rule
    scores = published_model.score(FOLDER, ["see you", "buy now"])
    assert scores["label"].tolist() == ["ham", "spam"]
    assert scores["p_spam"].tolist() == [0.0, 1.0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "said"), [("1 / 0", "ZeroDivisionError"), ("import os; os._exit(3)", "no message")]
)
def test_a_model_whose_code_fails_says_so_in_one_line(client, publish, code, said):
    published_model.fetch(NAME, publish(client, "a"), FOLDER)
    (FOLDER / "code/rnnops/runtime/text_classifier.py").write_text(code)
    with pytest.raises(InputError, match=f"cannot score here: {said}") as raised:
        published_model.score(FOLDER, ["see you"])
    assert "\n" not in str(raised.value)


@pytest.mark.slow
def test_packages_of_this_process_are_not_put_before_the_published_model(
    client, publish, tmp_path, monkeypatch
):
    (tmp_path / "pandas.py").write_text("1 / 0")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    published_model.fetch(NAME, publish(client, "a"), FOLDER)
    assert published_model.score(FOLDER, ["buy now"])["label"].tolist() == ["spam"]


def test_a_version_declares_its_run_its_columns_and_what_it_needs(client, publish):
    found = client.get_model_version(NAME, publish(client, "a"))
    assert found.tags == {IDENTITY_TAG: "a"}
    published_model.fetch(NAME, found.version, FOLDER)
    model = Model.load(FOLDER)
    logged = client.get_logged_model(model.model_id)
    assert (model.run_id, logged.name) == (found.run_id, "text-classifier")
    assert found.source == f"models:/{model.model_id}"
    assert [each.type for each in model.signature.inputs] == [DataType.string]
    assert [(each.name, each.type) for each in model.signature.outputs] == [
        ("label", DataType.string), ("probability", DataType.double),
        ("p_ham", DataType.double), ("p_spam", DataType.double),
    ]  # fmt: skip
    needed = [f"{package}=={version(package)}" for package in published_model.REQUIREMENTS]
    assert (FOLDER / "requirements.txt").read_text().splitlines() == needed
    assert artifact_paths(FOLDER).keys() == {"classifier", "trained_on"}


def test_the_example_of_its_input_is_stored_and_not_tried(client, publish, capfd):
    """A trial fails here: the network is none, and this process' package is not the published."""
    published_model.fetch(NAME, publish(client, "a"), FOLDER)
    assert capfd.readouterr().err == ""
    (example,) = Model.load(FOLDER).load_input_example(str(FOLDER))
    assert example.endswith("see you there.")


def test_a_model_gets_the_number_it_has_in_history_if_that_is_free(client, publish):
    assert publish(client, "a", number=3) == "3"
    assert publish(client, "b", number=2) == "4"


def test_a_version_that_is_not_there_leaves_the_folder_as_it_was(client, publish):
    published_model.fetch(NAME, publish(client, "a"), FOLDER)
    with pytest.raises(InputError, match=f"version 7 of {NAME} cannot be fetched"):
        published_model.fetch(NAME, "7", FOLDER)
    assert published_model.read_identity(FOLDER) == "a"


def test_a_model_that_does_not_list_its_training_messages_is_not_compared(client, publish):
    version = publish(client, "a", leave_out=["trained_on"])
    published_model.fetch(NAME, version, FOLDER)
    with pytest.raises(
        InputError, match=r"trained on, so it cannot be compared without a leak: train it again$"
    ):
        published_model.read_training_ids(FOLDER)
