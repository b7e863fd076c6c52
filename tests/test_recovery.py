"""What a project survives: a move, a lost store, an older experiment applied over a champion."""

import json
import shutil

import mlflow
import pytest
from project import Project

# Where TensorFlow computes is selected before anything runs on it, for other files' tests too.
pytestmark = pytest.mark.usefixtures("cpu")

NAME = "mine-classifier"
FILE = "data/incoming/mine.csv"
LENIENT = {
    "gate.max_false_positive_rate": None,
    "gate.min_recall": None,
    "gate.no_worse_than_baseline": False,
}


@pytest.fixture(scope="module")
def project(project):
    """Version 1 has passed; an experiment from before any champion has left version 2."""
    project.set_params(LENIENT)
    assert project.repro() == ["register"]
    project.commit("a lenient gate")
    project.run("dvc", "exp", "run", "-n", "older", "-S", "train.units=5")
    project.run("git", "checkout", "-q", ".")
    project.run("dvc", "checkout", "-q")
    return project


@pytest.fixture(scope="module")
def promoted(project, tmp_path_factory):
    """A copy of the project in which version 2 has followed version 1 as champion."""
    copy = Project(tmp_path_factory.mktemp("second") / "a copy, #2")
    shutil.copytree(project.folder, copy.folder, symlinks=True)
    for version in ("1", "2"):
        copy.rnnops("promote", version, "--force", "--reason", "to have two")
    copy.commit("champions")
    return copy


@pytest.fixture
def copy(promoted, tmp_path):
    copy = Project(tmp_path / "project")
    shutil.copytree(promoted.folder, copy.folder, symlinks=True)
    return copy


def identities(project):
    versions = "SELECT version FROM model_versions WHERE current_stage != 'Deleted_Internal'"
    tags = "SELECT version, value FROM model_version_tags WHERE key = 'rnnops.identity'"
    return {
        str(version): value
        for version, value in project.query(f"{tags} AND version IN ({versions})")
    }


def decided(project):
    """The decisions in models/champion.json."""
    path = project.folder / "models/champion.json"
    return json.loads(path.read_text())[NAME] if path.exists() else []


def champion(project):
    aliases = "SELECT version FROM registered_model_aliases WHERE alias = 'champion'"
    return [str(version) for (version,) in project.query(aliases)]


def test_without_a_champion_the_newest_version_that_passed_classifies(project):
    uri = f"sqlite:///{project.folder}/mlruns/mlflow.db"
    client = mlflow.MlflowClient(uri, uri)

    def verdict(version, verdict):
        client.set_model_version_tag(NAME, version, "gate.verdict", verdict)

    verdict("1", "passed")
    verdict("2", "refused")
    done = project.rnnops("predict", "--json", input="lunch?")
    assert done.stderr == f"model: {NAME} version 1 (passed)\n"
    row = json.loads(done.stdout)
    assert (row["model"], row["version"], row["verdict"]) == (NAME, "1", "passed")
    verdict("1", "not enough to judge")
    none = project.rnnops("predict", input="lunch?", status=1)
    assert "version 2 (refused), version 1 (not enough to judge)" in none.stderr
    assert f"`--model models:/{NAME}/2` uses one anyway" in none.stderr
    assert "`rnnops promote 2 --force --reason" in none.stderr
    assert (none.stdout, none.stderr.count("\n")) == ("", 1)
    named = project.rnnops("predict", "--model", f"models:/{NAME}/2", input="lunch?")
    assert named.stderr == f"model: {NAME} version 2 (refused)\n"
    verdict("1", "passed")


def test_a_model_is_named_by_folder_or_uri_outside_of_a_checkout_too(copy, tmp_path):
    elsewhere = Project(tmp_path / "elsewhere")
    elsewhere.folder.mkdir()
    folder = str(copy.folder / "models/champion" / NAME)
    done = elsewhere.rnnops("predict", "--json", "--model", folder, input="lunch?")
    assert done.stderr == f"model: {folder}\n"
    row = json.loads(done.stdout)
    assert (row["model"], row["version"], row["verdict"]) == (folder, None, None)
    copy.rnnops("history")  # a moved store is brought in line by a command in its checkout
    elsewhere.environment["MLFLOW_TRACKING_URI"] = f"sqlite:///{copy.folder}/mlruns/mlflow.db"
    uri = f"models:/{NAME}@champion"
    done = elsewhere.rnnops("predict", "--model", uri, input="lunch?")
    assert done.stderr == f"model: {NAME} version 2 (champion)\n"
    assert not list(elsewhere.folder.iterdir())


def test_a_moved_checkout_works(promoted, tmp_path):
    moved = Project(tmp_path / "elsewhere" / "moved")
    shutil.copytree(promoted.folder, moved.folder, symlinks=True)
    hidden = promoted.folder.rename(promoted.folder.with_name("hidden"))
    try:
        done = moved.rnnops("predict", input="lunch?")
        assert done.stderr == f"model: {NAME} version 2 (champion)\n"
        table = moved.query("SELECT artifact_location FROM experiments WHERE name = 'mine'")
        assert table == [((moved.folder / "mlruns/artifacts/mine").as_uri(),)]
        assert moved.repro() == ["register"]
        assert "promote (forced) 1 " in moved.rnnops("history").stdout
        back = moved.rnnops("rollback", "--reason", "moved").stdout
        assert f"version 1 is the champion of {NAME} again" in back
    finally:
        hidden.rename(promoted.folder)


def test_after_the_loss_of_the_store_versions_and_history_agree(copy):
    before = identities(copy)
    shutil.rmtree(copy.folder / "mlruns")
    copy.set_params({"evaluate.seed": 1})
    assert copy.repro() == ["evaluate", "register"]
    after = identities(copy)
    assert (after["2"], set(after)) == (before["2"], {"2", "3"})
    assert champion(copy) == ["2"]
    history = copy.rnnops("history").stdout
    assert "here" not in history
    # MLflow does not reuse a number, so the first champion comes back under another.
    lost = copy.rnnops("rollback", status=1)
    assert "version 1, is not in this registry: `rnnops sync` registers" in lost.stderr
    copy.rnnops("sync")
    assert identities(copy)["4"] == before["1"]
    assert "promote (forced) 1 (version 4 here)" in copy.rnnops("history").stdout
    back = copy.rnnops("rollback").stdout
    assert f"version 1 (version 4 here) is the champion of {NAME} again" in back
    assert "champion of mine-classifier: version 1 (version 4 here)" in copy.rnnops("sync").stdout


def test_a_lost_store_is_rebuilt_under_the_numbers_that_it_had(copy, project):
    """Version 2 is an experiment that was promoted after version 3 was committed."""
    shutil.rmtree(copy.folder)
    shutil.copytree(project.folder, copy.folder, symlinks=True)
    copy.set_params({"evaluate.seed": 1})
    assert copy.repro() == ["evaluate", "register"]
    copy.commit("another seed")
    # By a process of its own: this one would go on reading the store that it has opened.
    copy.run("rnnops", "promote", "2", "--force", "--reason", "the smaller one")
    copy.commit("a champion")
    before = identities(copy)
    assert set(before) == {"1", "2", "3"}
    shutil.rmtree(copy.folder / "mlruns")
    said = copy.rnnops("sync")
    assert identities(copy) == before
    assert champion(copy) == ["2"]
    assert said.stdout.splitlines()[-1] == f"champion of {NAME}: version 2, 1 decisions"
    assert said.stderr == ""
    assert copy.repro() == ["register"]
    assert identities(copy) == before


def test_the_pipelines_own_model_comes_back_under_its_number_too(copy):
    before = identities(copy)
    shutil.rmtree(copy.folder / "mlruns")
    assert copy.repro() == ["register"]  # its model is the first champion
    assert identities(copy) == before
    assert champion(copy) == ["2"]


@pytest.mark.parametrize(
    ("command", "store"),
    [
        ("history", "the registry"),
        ("predict", "git's history"),
        ("dvc repro", "the registry"),
    ],
)
def test_an_older_experiment_cannot_delete_the_decisions(copy, command, store):
    before = decided(copy)
    copy.run("dvc", "exp", "apply", "older")
    copy.commit("an older experiment")
    assert decided(copy) == []
    assert not (copy.folder / f"models/champion/{NAME}.dvc").exists()
    if store != "the registry":
        shutil.rmtree(copy.folder / "mlruns")
    if command == "dvc repro":
        notes = copy.run("dvc", "repro", "--single-item", "register").stderr
    else:
        notes = copy.rnnops(command, input="lunch?").stderr
    assert notes.count("note: ") == 1
    assert f"lacked 2 of 2 decisions on {NAME}: restored from {store}" in notes
    assert decided(copy) == before
    left = copy.run("git", "status", "--porcelain", "--untracked-files=all", "models").stdout
    restored = f"?? models/champion.json\n?? models/champion/{NAME}.dvc\n"
    assert left.replace("?? models/looks.jsonl\n", "") == restored  # judged again, it is a new look
    copy.commit("kept")
    assert "note:" not in copy.rnnops("history").stderr
    assert champion(copy) == ["2"]
    copy.run("dvc", "checkout", "--force", f"models/champion/{NAME}.dvc")
    assert (copy.folder / "models/champion" / NAME / "MLmodel").exists()


def test_a_shortened_history_is_filled_up(copy):
    before = decided(copy)
    path = copy.folder / "models/champion.json"
    path.write_text(json.dumps({NAME: before[:1]}))
    copy.commit("shortened")
    shutil.rmtree(copy.folder / "mlruns")
    done = copy.rnnops("history")
    assert "lacked 1 of 2 decisions" in done.stderr
    assert decided(copy) == before


@pytest.fixture
def with_file(project, tmp_path):
    """The project with its messages under DVC and pushed; the experiment is from before that."""
    copy = Project(tmp_path / "project")
    shutil.copytree(project.folder, copy.folder, symlinks=True)
    copy.run("dvc", "remote", "add", "--local", "--default", "store", str(tmp_path / "remote"))
    copy.run("dvc", "add", FILE)
    copy.commit("my messages")
    copy.run("dvc", "push", "-q")
    return copy


def test_an_experiment_made_with_a_file_under_dvc_keeps_it(with_file):
    with_file.run("dvc", "exp", "run", "-n", "newer", "-S", "gate.margin=0.002")
    with_file.run("git", "checkout", "-q", ".")
    with_file.run("dvc", "exp", "apply", "newer")
    assert (with_file.folder / FILE).exists()
    assert (with_file.folder / f"{FILE}.dvc").exists()


@pytest.mark.parametrize("is_committed", [False, True])
def test_a_file_put_under_dvc_after_the_experiment_is_brought_back(with_file, is_committed):
    text, described = ((with_file.folder / name).read_text() for name in (FILE, f"{FILE}.dvc"))
    with_file.run("dvc", "exp", "apply", "older")
    assert not (with_file.folder / FILE).exists()
    assert not (with_file.folder / f"{FILE}.dvc").exists()
    with_file.run("dvc", "gc", "--workspace", "--force")  # its remote has it still
    if is_committed:
        with_file.commit("an older experiment")
    done = with_file.run("dvc", "repro", "validate")
    assert done.stderr.count(f"note: {FILE} and {FILE}.dvc were lost") == 1
    assert "`git add data/incoming` keeps them" in done.stderr
    assert (with_file.folder / FILE).read_text() == text
    assert (with_file.folder / f"{FILE}.dvc").read_text() == described


def test_a_file_that_neither_cache_nor_remote_has_is_named(with_file, tmp_path):
    with_file.run("dvc", "exp", "apply", "older")
    with_file.run("dvc", "gc", "--workspace", "--force")
    shutil.rmtree(tmp_path / "remote")
    done = with_file.run("dvc", "repro", "validate", status=255)
    assert f"error: {FILE} was lost, as by `dvc exp apply`" in done.stderr
    assert not (with_file.folder / FILE).exists()
