import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rnnops.core import files
from rnnops.core.errors import InputError
from rnnops.lineage.steps import list_changes, output_of, trace_steps
from rnnops.lineage.trace import trace
from rnnops.registry import runs
from rnnops.registry.trained_models import TrainedModel
from rnnops.tracking import store
from rnnops.tracking.tags import IDENTITY_TAG, ROLE_TAG

FETCH = {"npm": "@scope/mail@1.2.3", "integrity": "sha512-x"}
STAGES = {
    "ingest": {
        "cmd": "python ingest.py",
        "deps": [{"path": "data/incoming", "md5": "11.dir"}, {"path": "src/a.py", "md5": "22"}],
        "params": {"params.yaml": {"data.dataset": "mine", "datasets.mine": {"fetch": FETCH}}},
        "outs": [{"path": "data/raw", "md5": "33.dir"}],
    },
    "split": {
        "cmd": "python split.py",
        "deps": [{"path": "data/raw", "md5": "33.dir"}, {"path": "src/b.py", "md5": "44"}],
        "params": {"params.yaml": {"split.seed": 0, "datasets.mine": {"fetch": FETCH}}},
        "outs": [{"path": "data/splits", "md5": "55.dir"}, {"path": "reports/s.json", "md5": "66"}],
    },
    "train": {
        "cmd": "python train.py",
        "deps": [{"path": "data/raw", "md5": "33.dir"}, {"path": "data/splits", "md5": "55.dir"}],
        "outs": [{"path": "models/rnn", "md5": "77.dir"}],
    },
}


def test_a_chain_goes_back_to_the_raw_data_and_names_each_step_ahead_of_its_inputs():
    steps = trace_steps(STAGES, "models/rnn")
    assert [(step.path, step.stage) for step in steps] == [
        ("models/rnn", "train"),
        ("data/splits", "split"),
        ("data/raw", "ingest"),
        ("data/incoming", None),
    ]
    assert [step.md5 for step in steps] == ["77.dir", "55.dir", "33.dir", "11.dir"]
    assert steps[0].inputs == ("data/raw", "data/splits")
    assert [step.dataset for step in steps] == [None, None, "mine (npm @scope/mail@1.2.3)", None]


def test_a_path_belongs_to_the_output_it_is_or_lies_in():
    assert output_of(STAGES, "data/splits") == "data/splits"
    assert output_of(STAGES, "data/splits/deep/test.parquet") == "data/splits"
    assert output_of(STAGES, "reports/s.json") == "reports/s.json"
    for stranger in ("data/splits2", "reports/s.json/x", "reports", "data/incoming", "src/a.py"):
        assert output_of(STAGES, stranger) is None


def test_what_changed_of_a_stage_is_its_command_its_parameters_and_its_code():
    recorded = STAGES["split"]
    now = {
        "cmd": "python other.py",
        "deps": [{"path": "data/raw", "md5": "xx"}, {"path": "src/c.py", "md5": "88"}],
        "params": {"params.yaml": {"split.seed": 1, "datasets.mine": {"fetch": {"path": "x"}}}},
        "outs": [],
    }
    assert list_changes(recorded, recorded) == []
    assert list_changes(recorded, now) == [
        "another command",
        "datasets.mine.fetch.integrity sha512-x, here None",
        "datasets.mine.fetch.npm @scope/mail@1.2.3, here None",
        "datasets.mine.fetch.path None, here x",
        "split.seed 0, here 1",
        "src/b.py",
        "src/c.py",
    ]
    assert list_changes(recorded, None) == ["no such stage here"]


PIPELINE = """\
stages:
  ingest:
    cmd: sh src/copy.sh data/incoming data/raw
    deps: [data/incoming, src/copy.sh]
    params: [datasets.mine]
    outs: [data/raw]
  train:
    cmd: sh src/copy.sh data/raw models/rnn
    deps: [data/raw, src/copy.sh]
    params: [train.units]
    outs: [models/rnn]
  evaluate:
    cmd: mkdir -p reports && cat models/rnn/* > reports/metrics.json
    deps: [models/rnn]
    outs:
    - reports/metrics.json: {cache: false}
"""
PARAMS = "datasets: {mine: {fetch: {path: data/incoming}}}\ntrain: {units: 8}\n"


def run(*command):
    subprocess.run(command, check=True, capture_output=True)


def complete_run(client, **changed):
    """A run of the model that lies in models/rnn."""
    said = {
        "role": "network",
        "name": "bow SimpleRNN",
        "digest": files.digest("models/rnn"),
        "dataset_digest": "e" * 64,
        "params": {"data.dataset": "mine", "train.units": 8},
        "metrics": {"roc_auc": 0.99},
        "artifacts": {"lineage": ["dvc.lock"]},
        **changed,
    }
    model = TrainedModel(**said)
    experiment = store.experiment_id(client, "mine")
    runs.complete(client, runs.begin_completion(client, experiment, model), model)
    return runs.find_complete(client, experiment, model)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder where a small pipeline has run, its results are committed and in MLflow; its run."""
    folder = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        _own_environment(patch)
        for name in ("data/incoming", "src"):
            Path(name).mkdir(parents=True)
        Path("data/incoming/one.txt").write_text("ham lunch\n")
        Path("src/copy.sh").write_text('mkdir -p "$2" && cp "$1"/* "$2"/\n')
        Path("dvc.yaml").write_text(PIPELINE)
        Path("params.yaml").write_text(PARAMS)
        Path("requirements.lock").write_text("numpy==2.3.5\n")
        Path(".gitignore").write_text("/mlruns/\n")
        run("git", "init", "-q", "-b", "main")
        run("git", "config", "user.name", "test")
        run("git", "config", "user.email", "test@example.invalid")
        run(sys.executable, "-m", "dvc", "init", "-q")
        run("git", "add", "-A")
        run("git", "commit", "-qm", "start")
        run(sys.executable, "-m", "dvc", "repro", "-q")
        run("git", "add", "-A")
        run("git", "commit", "-qm", "first results")
        client = store.connect()
        trained = complete_run(client)
        client.create_registered_model("mine-classifier")
        for _ in range(2):
            client.create_model_version("mine-classifier", str(folder / "models/rnn"), trained)
        client.set_registered_model_alias("mine-classifier", "champion", "2")
    return folder, trained


def _own_environment(patch):
    for name in os.environ:
        if name.startswith(("DVC_", "GIT_", "MLFLOW_TRACKING")):
            patch.delenv(name)


@pytest.fixture
def trained(finished, tmp_path, monkeypatch):
    """The id of the run, in a copy of the folder, which is the working directory."""
    folder, trained = finished
    shutil.copytree(folder, tmp_path / "copy", symlinks=True)
    monkeypatch.chdir(tmp_path / "copy")
    _own_environment(monkeypatch)
    return trained


def rows_of(thing):
    """The rows about `thing`, md5s and ids left as they are, those of one subject joined."""
    rows = {}
    for subject, text in trace(thing):
        rows[subject] = f"{rows[subject]} | {text}" if subject in rows else text
    return rows


def md5(path):
    (found,) = re.findall(
        rf"path: {path}\n +hash: md5\n +md5: (\w{{8}})", Path("dvc.lock").read_text()
    )[-1:]
    return found


def test_a_path_is_led_back_to_the_raw_data_the_commit_and_the_run(trained):
    rows = rows_of("models/rnn")
    assert list(rows) == [
        "models/rnn", "data/raw", "data/incoming", "unchanged", "recorded",
        "run", "code", "environment",
    ]  # fmt: skip
    assert rows["models/rnn"].startswith(f"md5 {md5('models/rnn')}  written by train from data/raw")
    assert rows["data/raw"].startswith(f"md5 {md5('data/raw')}  written by ingest")
    assert "dataset mine (path data/incoming)" in rows["data/raw"]
    assert all(rows[path].endswith("; same here") for path in list(rows)[:3])
    assert re.fullmatch(r'first by commit \w+ "first results"', rows["recorded"])
    assert rows["run"] == (
        f"bow SimpleRNN {trained} (experiment mine), "
        "model version mine-classifier 1, mine-classifier 2 (champion)"
    )
    assert re.fullmatch(r'commit \w+ "first results", clean', rows["code"])
    assert rows["environment"].endswith(", same here")


def test_a_file_inside_an_output_is_shown_with_the_output(trained):
    rows = rows_of("./models/rnn/one.txt")
    own = files.digest("models/rnn/one.txt", "md5")[:8]
    assert rows["models/rnn/one.txt"] == f"md5 {own}  in models/rnn; same here"
    assert trained in rows["run"]
    Path("models/rnn/one.txt").unlink()
    Path("models/rnn/one.txt").write_text("changed\n")
    assert "another here" in rows_of("models/rnn/one.txt")["models/rnn/one.txt"]
    with pytest.raises(InputError, match="models/rnn was written without two.txt; .* one.txt"):
        trace("models/rnn/two.txt")


def test_a_small_report_that_git_keeps_has_its_chain_too(trained):
    rows = rows_of("reports/metrics.json")
    assert rows["reports/metrics.json"].startswith(f"md5 {md5('reports/metrics.json')}  written by")
    assert "models/rnn" in rows
    assert trained in rows["run"]


@pytest.mark.parametrize(
    "name",
    ["mine-classifier/2", "models:/mine-classifier/2", "models:/mine-classifier@champion", None],
)
def test_a_model_version_and_a_run_are_led_back_by_what_the_run_logged(trained, name):
    Path("dvc.lock").unlink()
    rows = rows_of(name or trained)
    assert rows.pop("model", name and "mine-classifier version 2") == (
        name and "mine-classifier version 2"
    )
    assert list(rows) == [
        "run", "code", "environment", "models/rnn", "data/raw", "data/incoming", "unchanged",
    ]  # fmt: skip
    assert trained in rows["run"]
    assert rows["models/rnn"].endswith("; same here")


def test_a_run_says_what_the_working_copy_has_of_it(trained):
    Path("requirements.lock").write_text("numpy==2.4.0\n")
    Path("params.yaml").write_text(PARAMS.replace("units: 8", "units: 16"))
    Path("data/incoming/two.txt").write_text("spam prize\n")
    run(sys.executable, "-m", "dvc", "repro", "-q")
    shutil.rmtree("data/raw")
    rows = rows_of(trained)
    assert rows["models/rnn"].endswith(f"another here (md5 {md5('models/rnn')})")
    assert rows["data/raw"].endswith("; missing here")
    assert "; another here" in rows["data/incoming"]
    assert rows["changed"] == "train: train.units 8, here 16"
    assert rows["environment"].endswith(", another here")


def test_a_changed_working_copy_is_reported_for_a_path(trained):
    with Path("src/copy.sh").open("a") as code:
        code.write("true\n")
    shutil.rmtree("models/rnn")
    rows = rows_of("reports/metrics.json")
    assert rows["models/rnn"].endswith("; missing here")
    assert rows["reports/metrics.json"].endswith("; same here")
    assert rows["changed"] == "train: src/copy.sh | ingest: src/copy.sh"
    assert trained in rows["run"]


def test_content_that_is_not_the_recorded_one_has_its_own_run(trained):
    Path("models/rnn/two.txt").write_text("more\n")
    other = complete_run(store.connect(), name="other")
    rows = rows_of("models/rnn")
    assert "; another here (md5 " in rows["models/rnn"]
    assert trained in rows["run"]
    assert other in rows["run of what is here"]


@pytest.mark.usefixtures("trained")
def test_what_is_in_no_commit_yet_says_so_and_an_empty_store_knows_no_run():
    shutil.rmtree("mlruns")
    Path("data/incoming/two.txt").write_text("spam prize\n")
    run(sys.executable, "-m", "dvc", "repro", "-q")
    rows = rows_of("models/rnn")
    assert rows["recorded"] == "in no commit yet"
    assert rows["run"] == "none in MLflow"


@pytest.mark.usefixtures("trained")
def test_a_run_of_uncommitted_code_says_so_and_where_the_changes_are(tmp_path):
    with Path("src/copy.sh").open("a") as code:
        code.write("true\n")
    diff = tmp_path / "uncommitted.diff"
    diff.write_text("a diff\n")
    artifacts = {"lineage": ["dvc.lock", str(diff)]}
    dirty = complete_run(store.connect(), metrics={"roc_auc": 0.5}, artifacts=artifacts)
    assert rows_of(dirty)["code"].endswith(
        ", with uncommitted changes (the run's artifact lineage/uncommitted.diff)"
    )


@pytest.mark.usefixtures("trained")
def test_a_run_without_the_lock_file_tells_the_hashes_in_its_tags():
    bare = complete_run(store.connect(), metrics={"roc_auc": 0.5}, artifacts={})
    rows = rows_of(bare)
    assert rows["models/rnn"] == f"md5 {md5('models/rnn')}  same here"
    assert rows["data/incoming"] == f"md5 {md5('data/incoming')}  same here"


def test_a_version_restored_in_another_run_is_led_back_to_the_run_that_trained_it(trained):
    client = store.connect()
    identity = client.get_run(trained).data.tags[IDENTITY_TAG]
    tags = {ROLE_TAG: "champion"}
    restored = client.create_run(store.experiment_id(client, "decisions"), tags=tags).info.run_id
    for tagged in ({IDENTITY_TAG: identity}, {IDENTITY_TAG: "of no run here"}):
        client.create_model_version("mine-classifier", "models/rnn", restored, tagged)
    rows = rows_of("mine-classifier/3")
    assert rows["model"] == "mine-classifier version 3"
    assert trained in rows["run"]
    assert rows["models/rnn"].endswith("; same here")
    rows = rows_of("mine-classifier/4")
    assert restored in rows["run"]
    assert rows["lineage"] == "the run records none"


def test_a_run_over_others_names_them(trained):
    client = store.connect()
    parent = client.create_run(store.experiment_id(client, "mine")).info.run_id
    client.set_tag(trained, "mlflow.parentRunId", parent)
    assert rows_of(parent)["summarises"] == f"bow SimpleRNN {trained}"


def test_a_networks_run_names_the_baselines_below_it(trained):
    client = store.connect()
    tags = {"mlflow.parentRunId": trained, ROLE_TAG: "baseline"}
    experiment = store.experiment_id(client, "mine")
    baseline = client.create_run(experiment, run_name="linear svm", tags=tags).info.run_id
    assert rows_of(trained)["baseline"] == f"linear svm {baseline}"


def test_a_run_that_training_broke_off_says_so_and_is_none_of_a_paths(trained):
    client = store.connect()
    files_of_it = client.get_run(trained).data.tags["dvc.files"]
    tags = {ROLE_TAG: "network", "dvc.files": files_of_it}
    broken = client.create_run(store.experiment_id(client, "mine"), tags=tags).info.run_id
    client.set_terminated(broken, "FAILED")
    assert rows_of(broken)["run"].endswith(
        "failed, not complete: what it records is from before it ran"
    )
    assert trained in rows_of("data/raw")["run"]
    assert broken not in rows_of("data/raw")["run"]


@pytest.mark.usefixtures("trained")
@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (
            "src/copy.sh",
            "src/copy.sh is no output, model version or run: give an output of a stage",
        ),
        (
            "models/nothing",
            "models/nothing is no output, model version or run: give an output of a stage",
        ),
        ("0" * 32, f"MLflow has no run {'0' * 32}"),
        ("mine-classifier/7", "mine-classifier has no version 7; it has: 1, 2"),
        ("mine-classifier@nobody", "no version of mine-classifier has the alias nobody"),
        ("other/1", "other has no version 1; it has: none"),
    ],
)
def test_what_is_not_known_says_what_is(thing, message):
    with pytest.raises(InputError, match=re.escape(message)):
        trace(thing)


@pytest.mark.usefixtures("trained")
def test_outside_a_project_dvc_says_so(tmp_path, monkeypatch):
    shutil.copy("dvc.lock", tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="DVC cannot read this folder"):
        trace("models/rnn")


@pytest.mark.usefixtures("trained")
def test_the_command_prints_a_line_a_row_and_an_unknown_thing_needs_no_mlflow():
    command = [sys.executable, "-c", "from rnnops.cli.main import main; import sys\ntry: main()\n"
               "finally: print('mlflow' in sys.modules, file=sys.stderr)", "lineage"]  # fmt: skip
    done = subprocess.run([*command, "models/rnn"], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == [subject for subject, _ in trace("models/rnn")]
    assert len({line.index("  ") for line in lines if line.startswith("data/incoming")}) == 1
    failed = subprocess.run([*command, "nothing"], capture_output=True, text=True, check=False)
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[0].startswith(
        "error: nothing is no output, model version or run"
    )
    assert failed.stderr.splitlines()[1:] == ["False"]
