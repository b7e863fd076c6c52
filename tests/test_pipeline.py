"""The whole pipeline on a small corpus: what runs, what it leaves, what can be done with it."""

import csv
import json
import re
import sqlite3

import declared_environment
import pytest
from pandas import read_parquet
from project import STAGES, Project

from rnnops.cli.inputs import BLOCK_CHARACTERS
from rnnops.metrics.metrics import METRICS, headlines

BASELINES = 2
HEADLINES = set(headlines(METRICS))
EPOCHS = {"train_accuracy", "train_loss", "val_accuracy", "val_loss"}
RUNS = "runs WHERE experiment_id = (SELECT experiment_id FROM experiments WHERE name = 'mine')"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The pipeline has run once, and its results are committed."""
    project = Project.create(tmp_path_factory.mktemp("project"))
    assert project.repro() == STAGES
    project.commit("first results")
    return project


@pytest.fixture
def restored(project):
    """Undo what a test changes; DVC's cache brings the old results back."""
    yield project
    project.run("git", "checkout", "-q", ".")
    project.run("dvc", "checkout", "-q")


def count(project, table):
    with sqlite3.connect(project.folder / "mlruns/mlflow.db") as store:
        return store.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608


def experiments(project):
    shown = json.loads(project.run("dvc", "exp", "show", "--json").stdout)
    return sum(len(base["experiments"] or []) for base in shown)


def python(project, code, cwd, **environment):
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env={**project.environment, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_run_a_classifier_and_one_version_are_registered(project):
    assert (count(project, RUNS), count(project, "model_versions")) == (1 + BASELINES, 1)
    registered = json.loads((project.folder / "reports/register.json").read_text())
    assert registered["model"] == "mine-classifier"
    assert registered["decision"] == "registered"


def test_nothing_is_left_that_git_does_not_know(project):
    assert project.run("git", "status", "--porcelain").stdout == ""


def test_nothing_new_runs_only_register_and_adds_nothing(project):
    before = count(project, RUNS), count(project, "model_versions"), count(project, "metrics")
    assert project.repro() == ["register"]
    assert before == (
        count(project, RUNS), count(project, "model_versions"), count(project, "metrics"),
    )  # fmt: skip
    assert project.run("git", "status", "--porcelain").stdout == ""


@pytest.mark.parametrize(
    ("key", "value", "ran"),
    [
        ("split.seed", 1, STAGES[2:]),
        ("features.vocabulary_size", 300, STAGES[3:]),
        ("baseline.svm_regularization", 0.5, ["baseline", "train", "evaluate", "register"]),
        ("train.units", 6, ["train", "evaluate", "register"]),
        ("evaluate.seed", 1, ["evaluate", "register"]),
    ],
)
def test_a_changed_parameter_runs_the_stages_it_concerns(restored, key, value, ran):
    restored.set_params({key: value})
    assert restored.repro() == ran


def test_new_rows_run_everything(restored):
    path = restored.folder / "data/incoming/mine.csv"
    old = path.read_text()
    path.write_text(old + 'ham,"a new message about the next meeting, with a draft"\n')
    ran = restored.repro()
    path.write_text(old)
    assert ran == STAGES


def test_the_same_commit_data_and_parameters_give_the_same_bytes_elsewhere(
    project, tmp_path_factory
):
    other = Project.create(tmp_path_factory.mktemp("other"))
    assert other.repro() == STAGES
    assert (other.folder / "dvc.lock").read_text() == (project.folder / "dvc.lock").read_text()


def test_the_registered_model_takes_raw_text_in_another_folder(project, tmp_path):
    code = """
import mlflow
model = mlflow.pyfunc.load_model("models:/mine-classifier/1")
frame = model.predict(["winner of the cash prize, click", "draft of the meeting report"])
assert list(frame) == ["label", "probability", "p_ham", "p_spam"], list(frame)
assert len(frame) == 2 and set(frame["label"]) <= {"ham", "spam"}
for row in frame.to_dict("records"):
    assert abs(row["p_ham"] + row["p_spam"] - 1) < 1e-9
    assert row["probability"] == row["p_" + row["label"]]
"""
    store = f"sqlite:///{project.folder}/mlruns/mlflow.db"
    python(project, code, tmp_path, MLFLOW_TRACKING_URI=store)


def test_the_registered_model_needs_nothing_but_what_it_declares(project, tmp_path):
    requirements, *_ = (project.folder / "mlruns/artifacts").rglob("requirements.txt")
    declared = requirements.read_text().split()
    declared_environment.create(tmp_path / "site", declared)
    code = """
import json, mlflow, sys
model = mlflow.pyfunc.load_model("models:/mine-classifier/1")
assert len(model.predict(["winner of the cash prize, click"])) == 1
files = [module.__file__ for name, module in sys.modules.items() if name.startswith("rnnops.")]
print(json.dumps(files))
"""
    store = f"sqlite:///{project.folder}/mlruns/mlflow.db"
    printed = declared_environment.run(tmp_path / "site", code, tmp_path, MLFLOW_TRACKING_URI=store)
    imported = set().union(*map(declared_environment.imported_distributions, json.loads(printed)))
    assert imported <= {line.partition("==")[0] for line in declared}
    assert "scikit-learn" in imported


def test_nothing_published_is_pickled(project):
    published = [
        path for path in (project.folder / "mlruns/artifacts").rglob("*") if path.is_file()
    ]
    assert any(path.name == "network.weights.h5" for path in published)
    assert not [path for path in published if path.suffix in {".pkl", ".pickle", ".joblib"}]


def test_a_run_says_where_it_comes_from_and_how_good_it_is(project):
    code = """
import json, mlflow
client = mlflow.MlflowClient()
(experiment,) = [e for e in client.search_experiments() if e.name == "mine"]
runs = {
    run.data.tags["rnnops.role"]: run
    for run in client.search_runs([experiment.experiment_id])
    if run.data.tags.get("rnnops.best_baseline") != "false"
}
print(json.dumps({role: {
    "params": run.data.params, "metrics": run.data.metrics, "tags": run.data.tags,
    "id": run.info.run_id, "status": run.info.status,
    "dataset": run.inputs.dataset_inputs[0].dataset.name,
    "epochs": len(client.get_metric_history(run.info.run_id, "val_loss")),
    "artifacts": [file.path for file in client.list_artifacts(run.info.run_id)],
} for role, run in runs.items()}))
"""
    store = f"sqlite:///{project.folder}/mlruns/mlflow.db"
    runs = json.loads(python(project, code, project.folder, MLFLOW_TRACKING_URI=store))
    assert set(runs) == {"network", "baseline"}
    results = json.loads((project.folder / "reports/results.json").read_text())
    first_commit = project.run("git", "rev-list", "--max-parents=0", "HEAD").stdout.strip()
    for role, run in runs.items():
        assert run["status"] == "FINISHED"
        assert run["dataset"] == "mine"
        model = {"network": "network", "baseline": results["best_baseline"]}[role]
        validation, test = (
            results["metrics"][split][model]["log_loss"] for split in ("validation", "test")
        )
        assert run["metrics"]["log_loss"] == validation["value"]
        assert run["metrics"]["test/log_loss"] == test["value"]
        assert run["metrics"]["test/log_loss_low"] == test["low"]
        plain = {name for name in run["metrics"] if "/" not in name}
        assert plain - EPOCHS == HEADLINES
        assert run["params"]["features.method"] == "hybrid"
        assert run["tags"]["git.commit"] == first_commit
        assert run["tags"]["git.dirty"] == "false"
        assert re.search(r"^data/splits=\w{32}\.dir$", run["tags"]["dvc.files"], re.MULTILINE)
        assert len([name for name in run["tags"] if name.startswith("dvc.")]) == 2
    parents = {role: run["tags"].get("mlflow.parentRunId") for role, run in runs.items()}
    assert parents == {"network": None, "baseline": runs["network"]["id"]}
    assert runs["network"]["epochs"] == 2
    assert "report.html" in runs["network"]["artifacts"]
    shared = {name for name in runs["network"]["metrics"] if "val_" not in name and "_" in name}
    assert {"roc_auc", "recall_at_0_5_percent_fpr"} <= shared & set(runs["baseline"]["metrics"])


def test_the_pages_of_mlflow_say_what_they_hold(project):
    with sqlite3.connect(project.folder / "mlruns/mlflow.db") as store:
        described = dict(store.execute(
            "SELECT name, value FROM experiment_tags JOIN experiments USING (experiment_id) "
            "WHERE key = 'mlflow.note.content'"
        ))  # fmt: skip
        kinds = store.execute(
            "SELECT name FROM experiment_tags JOIN experiments USING (experiment_id) "
            "WHERE key = 'mlflow.experimentKind' AND value = 'custom_model_development'"
        ).fetchall()
        ((model,),) = store.execute("SELECT description FROM registered_models").fetchall()
    assert "Choose settings by the plain metrics" in described["mine"]
    assert "Bookkeeping" in described["decisions"]
    assert {name for (name,) in kinds} == {"mine", "decisions"}
    assert "trained on mine" in model


def test_dvc_shows_metrics_and_plots(project):
    shown = json.loads(project.run("dvc", "metrics", "show", "--json").stdout)
    compared = shown[""]["data"]["reports/metrics.json"]["data"]
    assert {model: set(metrics) for model, metrics in compared.items()} == {
        "network": HEADLINES, "baseline": HEADLINES,
    }  # fmt: skip
    results = json.loads((project.folder / "reports/results.json").read_text())
    for model, metrics in compared.items():
        named = {"network": "network", "baseline": results["best_baseline"]}[model]
        for name, value in metrics.items():
            assert value == results["metrics"]["validation"][named][name]["value"]
    project.run("dvc", "plots", "show", "-o", "dvc_plots")
    page = (project.folder / "dvc_plots/index.html").read_text()
    for plot in ("ROC", "Precision-recall", "Calibration", "Confusion", "val_loss"):
        assert plot in page


LINE = "lunch after the meeting\n"
MAIL = b"From: a@example.invalid\nSubject: cash prize\n\nclick, winner: an offer\n"


def test_predict_reads_mail_mbox_text_and_standard_input(project, tmp_path):
    (tmp_path / "one.eml").write_bytes(MAIL)
    stamp = b"From a@example.invalid Thu Aug 22 12:36:23 2002\n"
    (tmp_path / "two.mbox").write_bytes(stamp + MAIL + b"\n" + stamp + MAIL)
    (tmp_path / "three.txt").write_text("lunch after the meeting")
    files = [str(tmp_path / name) for name in ("one.eml", "two.mbox", "three.txt")]
    done = project.run("rnnops", "predict", "--json", *files)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["message"] for row in rows] == [
        files[0], f"{files[1]}#1", f"{files[1]}#2", files[2],
    ]  # fmt: skip
    assert rows[0]["p_spam"] == pytest.approx(rows[1]["p_spam"], abs=1e-6)
    typed = project.run("rnnops", "predict", "--json", input="lunch after the meeting")
    assert json.loads(typed.stdout)["p_spam"] == pytest.approx(rows[3]["p_spam"], abs=1e-6)
    assert "one.eml" in project.run("rnnops", "predict", files[0]).stdout


def test_predict_reads_a_column_of_a_table_and_lines(project, tmp_path):
    table = tmp_path / "new.csv"
    table.write_text("n;body\n1;cash prize, click\n2;\n3;lunch after the meeting\n")
    done = project.run("rnnops", "predict", "--json", "--text", "body", str(table))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["message"] for row in rows] == [f"{table} row 2", f"{table} row 4"]
    assert f"note: left out: {table} row 3: no text\n" in done.stderr
    typed = "cash prize, click\n\nlunch after the meeting\n"
    done = project.run("rnnops", "predict", "--json", "--lines", input=typed)
    by_line = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["message"] for row in by_line] == ["standard input line 1", "standard input line 3"]
    assert [row["p_spam"] for row in by_line] == pytest.approx([row["p_spam"] for row in rows])


def test_messages_of_many_lengths_make_no_noise(project):
    typed = "".join(f"{'lunch ' * words}\n" for words in range(1, 301, 6))
    done = project.run("rnnops", "predict", "--json", "--lines", input=typed)
    assert done.stdout.count("\n") == 50
    assert done.stderr.startswith("model: mine-classifier version ")
    assert done.stderr.count("\n") == 1


def test_verdicts_are_printed_block_by_block(project, tmp_path):
    number = 2 * BLOCK_CHARACTERS // len(LINE)
    (tmp_path / "chat.log").write_text(LINE * number)
    (tmp_path / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    files = [str(tmp_path / name) for name in ("chat.log", "photo.txt")]
    done = project.run("rnnops", "predict", "--lines", "--json", *files, status=1)
    names = [json.loads(line)["message"] for line in done.stdout.splitlines()]
    assert number // 2 <= len(names) <= number
    assert names == [f"{files[0]} line {line}" for line in range(1, len(names) + 1)]
    assert done.stderr.splitlines()[1:] == [f"error: {files[1]} is not text: PNG image"]
    done = project.run("rnnops", "predict", "--lines", files[0], f"{files[0]}.1", status=1)
    assert done.stdout == ""
    assert f"error: {files[0]}.1 does not exist" in done.stderr


def test_of_many_messages_the_first_are_explained(project, tmp_path):
    page = tmp_path / "page.html"
    done = project.run(
        "rnnops",
        "explain",
        "--lines",
        "--output",
        str(page),
        input=LINE * 21,
    )
    assert "note: only the first 20 messages are explained\n" in done.stderr
    assert page.read_text().count("<svg") == 20


def test_the_summary_says_how_good_and_where_to_look(project):
    shown = project.run("rnnops", "summary").stdout
    for told in ("roc_auc", "baseline", "mine-classifier version", "report.html", "make ui"):
        assert told in shown
    threshold = json.loads((project.folder / "reports/results.json").read_text())["thresholds"][
        "network"
    ]
    rule = f"classified as spam when its probability of spam is greater than {threshold:.4g}"
    assert rule in " ".join(shown.split())
    assert rule in (project.folder / "reports/report.html").read_text()


def test_the_summary_is_of_what_was_evaluated_whatever_the_parameters_are_now(restored):
    before = restored.run("rnnops", "summary").stdout
    restored.set_params({"data.dataset": "spam-sms", "evaluate.max_false_positive_rate": 0.3})
    after = restored.run("rnnops", "summary")
    assert after.stdout == before
    assert "mine, test split" in before
    assert after.stderr == "note: params.yaml names spam-sms now: `dvc repro` evaluates it\n"


def test_a_gpu_that_is_not_there_stops_training_with_one_line(restored):
    restored.set_params({"train.device": "gpu"})
    done = restored.stage("train")
    assert done.returncode == 1
    assert done.stderr.startswith("error: train.device is gpu but tensorflow sees none")
    assert done.stderr.count("\n") == 1


def test_explain_writes_a_page_about_each_message(project, tmp_path):
    (tmp_path / "one.eml").write_bytes(MAIL)
    (tmp_path / "two.txt").write_text("lunch after the meeting <script>alert(1)</script>")
    files = [str(tmp_path / name) for name in ("one.eml", "two.txt")]
    page = tmp_path / "page.html"
    done = project.run("rnnops", "explain", *files, "--output", str(page))
    assert str(page) in done.stdout
    html = page.read_text()
    assert all(file in html for file in files)
    assert "<script" not in html
    assert html.count("<svg") == 2


def test_perturbations_are_measured_and_the_errors_explained(project):
    robustness = json.loads((project.folder / "reports/robustness.json").read_text())
    assert set(robustness) == {"shuffled", "typos", "padded", "capitals"}
    for by_model in robustness.values():
        for metrics in by_model.values():
            assert metrics["accuracy"]["loss"]["low"] <= metrics["accuracy"]["loss"]["high"]
    predictions = read_parquet(project.folder / "reports/predictions.parquet")
    test = predictions[predictions["split"] == "test"]
    errors = (test["network_predicted"] != test["label"]).sum()
    page = (project.folder / "reports/report.html").read_text()
    assert page.count("<svg") == min(errors, 10)


def test_seeds_are_summed_up_under_a_parent_run_once(restored):
    alone = restored.run("rnnops", "seeds", status=1)
    assert "MLflow has 1 complete runs on mine" in alone.stderr
    restored.run("dvc", "exp", "run", "--queue", "-S", "train.seed=1,2")
    restored.run("dvc", "exp", "run", "--run-all")
    shown = [restored.run("rnnops", "seeds").stdout for _ in range(2)]
    assert shown[0] == shown[1]
    assert "3 seeds: 0, 1, 2" in shown[0]
    with sqlite3.connect(restored.folder / "mlruns/mlflow.db") as store:
        parents = "SELECT run_uuid FROM tags WHERE key = 'rnnops.role' AND value = 'seeds'"
        ((parent,),) = store.execute(parents).fetchall()
        children = "SELECT count(*) FROM tags WHERE key = 'mlflow.parentRunId' AND value = ?"
        assert store.execute(children, [parent]).fetchone() == (3,)
        names = "SELECT key FROM metrics WHERE run_uuid = ?"
        logged = {name for (name,) in store.execute(names, [parent])}
    assert {name for name in logged if "/" not in name} == HEADLINES
    assert {"test/roc_auc", "test/roc_auc_sd", "validation/accuracy_sd"} <= logged
    assert shown[0].index("validation split") < shown[0].index("test split")


def test_predict_says_what_it_cannot_read(restored, tmp_path):
    for arguments, told in (
        (["nowhere.eml"], "nowhere.eml does not exist"),
        (["reports/plots/roc.png"], "reports/plots/roc.png is not text: PNG image"),
        (["--model", str(tmp_path), "README.md"], "cannot load the model"),
    ):
        command = ["rnnops", "predict", *arguments]
        done = restored.run(*command, status=1)
        assert told in done.stderr
        assert done.stderr.count("\n") == 1


def test_experiments_compare_by_the_headlines_and_what_differs(restored):
    for units in ("12", "13"):
        restored.run("dvc", "exp", "run", "-S", f"train.units={units}", "-S", "train.epochs=1")
    show = ["dvc", "exp", "show", "--only-changed", "--csv"]
    heads = next(csv.reader(restored.run(*show).stdout.splitlines()))
    metrics = {f"{model}.{name}" for model in ("network", "baseline") for name in HEADLINES}
    changed = {head for head in heads[6:] if "/" not in head}  # after the experiment's own columns
    varied = {"train.units", "train.epochs", "train.seed"}  # here and by the tests before
    assert {"train.units", "train.epochs"} <= changed <= metrics | varied
    narrow = next(csv.reader(restored.run(*show, "--drop", ".*/").stdout.splitlines()))
    assert narrow == [head for head in heads if "/" not in head]
    names = "SELECT name FROM runs WHERE name LIKE '%13 units%'"
    with sqlite3.connect(restored.folder / "mlruns/mlflow.db") as store:
        assert len(store.execute(names).fetchall()) == 1


def test_eight_queued_experiments_with_four_workers_log_complete_runs_to_the_main_store(restored):
    runs, versions = count(restored, RUNS), count(restored, "model_versions")
    before = experiments(restored)
    restored.run("dvc", "exp", "run", "--queue", "-S", "train.units=3,4,5,6,7,9,10,11",
                 "-S", "train.epochs=1")  # fmt: skip
    restored.run("dvc", "exp", "run", "--run-all", "--jobs", "4")
    assert experiments(restored) == before + 8
    assert count(restored, RUNS) == runs + 8  # the baselines are what they were
    assert count(restored, "model_versions") == versions + 8
    with sqlite3.connect(restored.folder / "mlruns/mlflow.db") as store:
        complete = "SELECT count(*) FROM tags WHERE key = 'rnnops.identity'"
        assert store.execute(complete).fetchone()[0] == count(restored, RUNS)
        names = "SELECT count(DISTINCT name) FROM experiments WHERE name = 'mine'"
        assert store.execute(names).fetchone() == (1,)
    assert not list((restored.folder / ".dvc/tmp/exps").glob("*/mlruns/*"))
