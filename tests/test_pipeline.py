"""The whole pipeline on a small corpus: what runs, what it leaves, what can be done with it."""

import contextlib
import json
import re
import sqlite3

import networkx
import pytest
from dvc.repo import Repo
from pandas import read_parquet
from project import RUNS, STAGES

from rnnops.metrics.metrics import METRICS, headlines

BASELINES = 2
HEADLINES = set(headlines(METRICS))
EPOCHS = {"train_accuracy", "train_loss", "val_accuracy", "val_loss"}


def test_one_run_a_classifier_and_one_version_are_registered(project):
    assert (project.count(RUNS), project.count("model_versions")) == (1 + BASELINES, 1)
    registered = json.loads((project.folder / "reports/register.json").read_text())
    assert registered["model"] == "mine-classifier"
    assert registered["status"] == "registered"


def test_nothing_is_left_that_git_does_not_know(project):
    assert project.run("git", "status", "--porcelain").stdout == ""


def test_nothing_new_runs_only_register_and_adds_nothing(project):
    before = project.count(RUNS), project.count("model_versions"), project.count("metrics")
    assert project.repro() == ["register"]
    assert before == (
        project.count(RUNS), project.count("model_versions"), project.count("metrics"),
    )  # fmt: skip
    assert project.run("git", "status", "--porcelain").stdout == ""


@pytest.mark.parametrize(
    ("key", "value", "stages"),
    [
        ("datasets.mine.positive", "ham", STAGES),
        ("split.seed", 1, STAGES[2:]),
        ("features.vocabulary_size", 300, STAGES[3:]),
        ("baseline.svm_regularization", 0.5, STAGES[4:]),
        ("train.units", 6, STAGES[5:]),
        ("evaluate.seed", 1, STAGES[6:]),
        ("gate.margin", 0.1, STAGES[7:]),
    ],
)
def test_a_changed_parameter_concerns_its_stages_and_those_after_them(changing, key, value, stages):
    changing.set_params({key: value})
    assert concerned(changing) == set(stages)


def test_new_rows_concern_every_stage(changing):
    with (changing.folder / "data/incoming/mine.csv").open("a") as file:
        file.write('ham,"a new message about the next meeting, with a draft"\n')
    assert concerned(changing) == set(STAGES)


@pytest.fixture
def changing(project):
    """The project, whose parameters and messages are put back."""
    yield project
    project.run("git", "checkout", "-q", ".")


def concerned(project):
    """The stages that DVC finds changed, and all that depend on them."""
    with contextlib.chdir(project.folder), Repo() as repo:
        status = repo.status()
        changed = {stage for stage in repo.index.stages if stage.addressing in status}
        after = {each for stage in changed for each in networkx.ancestors(repo.index.graph, stage)}
    return {stage.addressing for stage in changed | after}


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
    runs = json.loads(project.python(code))
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


def test_no_run_of_a_finished_pipeline_stands_as_running(project):
    assert project.query("SELECT DISTINCT status FROM runs") == [("FINISHED",)]


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
    assert "records, not trainings" in described["decisions"]
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


def test_one_run_is_not_enough_for_a_summary_of_seeds(project):
    alone = project.run("rnnops", "seeds", status=1)
    assert "MLflow has 1 complete runs on mine" in alone.stderr


def test_the_summary_says_how_good_and_where_to_look(project):
    shown = project.run("rnnops", "summary").stdout
    for part in ("roc_auc", "baseline", "mine-classifier version", "report.html", "make ui"):
        assert part in shown
    first, _, classifiers = shown.partition("\n test split ")
    for model in ("network", "recurrent half alone", "linear half alone"):
        assert model in first
        assert model in classifiers
    for model in ("linear svm", "multinomial naive bayes"):
        assert re.search(rf"^ ?{model} +[\d.]+ \[", classifiers, re.MULTILINE)
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


def test_perturbations_are_measured_and_the_errors_explained(project):
    robustness = json.loads((project.folder / "reports/robustness.json").read_text())
    assert set(robustness) == {"shuffled", "typos", "padded", "capitals"}
    for by_model in robustness.values():
        assert list(by_model) == ["network", "recurrent", "linear", "baseline"]
        assert by_model["linear"] == by_model["baseline"]
        for metrics in by_model.values():
            rate = metrics["false_positive_rate"]
            assert rate["change"]["value"] == pytest.approx(rate["after"] - rate["before"])
            assert rate["change"]["low"] <= rate["change"]["high"]
    predictions = read_parquet(project.folder / "reports/predictions.parquet")
    test = predictions[predictions["split"] == "test"]
    errors = (test["network_predicted"] != test["label"]).sum()
    page = (project.folder / "reports/report.html").read_text()
    assert page.count("<svg") == min(errors, 10)
