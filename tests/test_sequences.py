"""Sequences of numbers end to end, on drawn ones that only order tells apart."""

import json
import os
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from drawn_sequences import CHANNELS, LABELS, draw_sequences
from project import Project
from task_project import TaskProject

from rnnops.core import files, layout
from rnnops.core.tasks import SEQUENCES
from rnnops.sequences.datasets import SequenceColumns

BASELINES = ["nearest_neighbour", "channel_statistics"]
SMALL = {
    "data.dataset": "mine",
    "split.train": 0.5,
    "split.validation": 0.2,
    "split.test": 0.3,
    "split.seed": 5,
    "baseline.models": BASELINES,
    "train.units": 12,
    "train.bidirectional": False,  # a program less to compile
    "train.epochs": 14,
    "train.learning_rate": 0.03,
    "train.batch_size": 8,
    "evaluate.bootstrap_resamples": 100,
    "gate.bootstrap_resamples": 100,
    "gate.min_messages": 10,
    "gate.min_clusters": 6,
    "gate.min_label_clusters": 2,
    "gate.no_worse_than_baseline": False,
}
MINE = {
    "fetch": {"path": "data/incoming/mine.csv"},
    "read": {
        "format": "sequences",
        "sequence": "window",
        "label": "move",
        "time": "t",
        "group": "person",
    },
    "expect": {"min_sequences": 100, "min_label_in_split": 5},
}
DRAWN = draw_sequences(120, persons=24)
COLUMNS = SequenceColumns(sequence="window", time="t", channels=CHANNELS)
REJECTED = {
    "unlabelled": "it has no label",
    "short": "its sequence has 1 step and needs 2",
    "misspelt": "row 4 has a value that is no number",
}


def as_table(sequences):
    """The rows of a CSV file, those of a sequence in no order."""
    labels = dict(zip(sequences.ids, sequences.labels, strict=True))
    persons = dict(zip(sequences.ids, sequences.sources, strict=True))
    table = sequences.to_long_table(COLUMNS).sample(frac=1, random_state=0)
    names = table["window"]
    return table.assign(person=names.map(persons), move=names.map(labels)).astype(object)


def write_table(path):
    """Some 120 sequences of 24 persons; a window of one person is another's, three are unusable."""
    table = as_table(DRAWN)
    first = table[table["window"] == "w000"]
    others = [
        first.assign(window="copied", person="person-05"),
        first.assign(window="unlabelled", move=""),
        first.assign(window="short").head(1),
        first.assign(window="misspelt").replace({"noise": {first["noise"].iloc[2]: "1,5"}}),
    ]
    pd.concat([others[-1], table, *others[:-1]]).to_csv(path, index=False)


@pytest.fixture(scope="module")
def outer(tmp_path_factory):
    """The project that the pipeline is in."""
    project = Project.create(tmp_path_factory.mktemp("sequences") / "project")
    write_table(project.folder / "data/incoming/mine.csv")
    return project


@pytest.fixture(scope="module")
def project(outer):
    """The folder of sequences, whose pipeline has run once."""
    project = TaskProject(outer, SEQUENCES)
    project.run_first(SMALL | {"datasets.mine": MINE})
    return project


@pytest.fixture(scope="module")
def new():
    """Sequences that no model was trained on."""
    return draw_sequences(9, seed=5)


@pytest.fixture
def table(new, tmp_path):
    """A CSV file of new sequences, without labels."""
    path = tmp_path / "new.csv"
    new.to_long_table(COLUMNS).to_csv(path, index=False)
    return path


def written(project):
    """The digest of each folder that stages write to."""
    return [files.digest(project.folder / name) for name in ("data", "models", "reports")]


def test_nothing_runs_again_but_register_and_it_changes_nothing(project):
    project.assert_registered_once()


def test_split_and_evaluation_are_the_same_bytes_when_they_are_made_again(restored):
    before = restored.outputs()
    restored.run("dvc", "repro", "--force", "--single-item", "split", "evaluate")
    assert restored.outputs() == before


def test_training_repeats_to_the_byte_and_the_test_split_teaches_nothing(restored):
    learnt = ("models/baseline", "models/rnn")
    before = [files.digest(restored.folder / path) for path in learnt]
    path = restored.folder / "data/splits/test.parquet"
    held_out = pd.read_parquet(path)
    files.write_parquet(held_out.assign(x_level=[9 * each for each in held_out["x_level"]]), path)
    for stage in ("baseline", "train"):
        assert restored.stage(stage).returncode == 0
    assert [files.digest(restored.folder / path) for path in learnt] == before


def test_neither_a_group_nor_a_cluster_crosses_splits(project):
    paths = {name: project.folder / f"data/splits/{name}.parquet" for name in layout.SPLIT_NAMES}
    rows = pd.concat(pd.read_parquet(path).assign(split=name) for name, path in paths.items())
    assert len(rows) + project.report("split")["excluded"] == 121
    for column in ("source", "cluster"):
        assert rows.groupby(column)["split"].nunique().max() == 1
    assert rows["source"].nunique() == 24
    for _, split in rows.groupby("split"):
        assert set(split["label"]) == set(LABELS)
    report = project.report("split")
    assert report["clusters"]["in_more_than_one_split"] == 0
    assert set(report["near_duplicate_leakage"]["this_split"].values()) == {0}


def test_what_cannot_be_used_is_in_the_quarantine_with_its_reason(project):
    (path,) = (project.folder / "data/quarantine").rglob("*.jsonl")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert {row["sequence"]: row["reason"] for row in rows} == REJECTED
    report = project.report("ingest")
    assert (report["read"], report["kept"], report["quarantined"]) == (124, 121, 3)
    assert report["channels"] == CHANNELS
    kept = pd.read_parquet(project.folder / "data/raw/sequences.parquet")
    assert not set(kept["id"]) & set(REJECTED)
    first = kept.set_index("id").loc["w007"]
    expected = DRAWN.values[7]  # noqa: PD011 (sequences of ours)
    np.testing.assert_allclose(np.stack([first[f"x_{name}"] for name in CHANNELS], 1), expected)


def test_the_metrics_of_the_test_split_have_intervals_and_order_is_what_counts(project):
    metrics = project.report("results")["metrics"]["test"]
    assert set(metrics) == {"network", *BASELINES}
    for model in metrics.values():
        assert model.keys() >= {"accuracy", "macro_f1", "log_loss"}
        assert all(each["low"] <= each["value"] <= each["high"] for each in model.values())
    assert metrics["network"]["accuracy"]["value"] > 0.75
    assert metrics["channel_statistics"]["accuracy"]["value"] < 0.6
    headline = project.report("metrics")
    assert json.dumps(headline).count("accuracy") >= 1
    order = project.report("robustness")
    assert set(order) == {"shuffled", "reversed"}
    shuffled = order["shuffled"]
    assert shuffled["network"]["accuracy"]["after"] < 0.6
    statistics = shuffled["channel_statistics"]["log_loss"]
    assert statistics["after"] == pytest.approx(statistics["before"])


def test_what_evaluate_says_is_what_the_predictions_say(project):
    rows = pd.read_parquet(project.folder / "reports/predictions.parquet")
    results = project.report("results")
    for split in ("validation", "test"):
        own = rows[rows["split"] == split]
        for model, metrics in results["metrics"][split].items():
            given = own[[f"{model}_p_{label}" for label in LABELS]].to_numpy()
            actual = own["label"].map(LABELS.index).to_numpy()
            accuracy = (given.argmax(axis=1) == actual).mean()
            assert metrics["accuracy"]["value"] == pytest.approx(accuracy)
            loss = -np.log(given[np.arange(len(own)), actual]).mean()
            assert metrics["log_loss"]["value"] == pytest.approx(loss)


def test_the_report_has_its_pictures_and_what_order_is_worth(project):
    page = (project.folder / "reports/report.html").read_text()
    assert page.count("data:image/png;base64,") == 7
    assert "Shuffled steps" in page
    assert "Reversed steps" in page
    assert "channel statistics" in page


def test_mlflow_has_a_run_a_model_with_each_epoch_and_a_version(project):
    network, others = project.runs("mine-sequences")
    assert network.data.params["model"] == "SimpleRNN"
    assert {run.data.params["model"] for run in others} == set(BASELINES)
    for run in (network, *others):
        assert run.data.tags["rnnops.task"] == "sequences"
        assert set(run.data.params) == set(network.data.params)
    assert network.data.tags["backend"] == "tensorflow"
    epochs = project.epochs(network, "val_loss")
    assert epochs == list(range(1, len(epochs) + 1))
    for metric in ("train_accuracy", "training/spectral_radius_forward"):
        assert project.epochs(network, metric) == epochs
    best = [run.data.params["model"] for run in others if is_best(run)]
    assert best == [project.report("results")["best_baseline"]]
    measured = project.report("results")["metrics"]["test"]["network"]["accuracy"]["value"]
    assert network.data.metrics["test/accuracy"] == pytest.approx(measured)
    (described,) = project.query("SELECT name, description FROM registered_models")
    assert described[0] == "mine-sequence-classifier"
    assert described[1].startswith("These are classifiers of sequences trained on mine. ")
    assert project.count("model_versions") == 1


def is_best(run):
    return run.data.tags["rnnops.best_baseline"] == "true"


def test_the_version_and_its_model_card_speak_of_sequences(project):
    ((described,),) = project.query("SELECT description FROM model_versions")
    assert described.startswith("**Verdict of the gate:** passed")
    (card,) = (project.outer.folder / "mlruns").rglob("model_card.md")
    text = card.read_text()
    assert "sequences" in text
    assert "A sequence gets its most probable label." in text
    assert "messages" not in text


def test_the_registered_model_gives_in_another_folder_what_predict_gives(project, table, tmp_path):
    code = (
        "import mlflow, pandas as pd;"
        "model = mlflow.pyfunc.load_model('models:/mine-sequence-classifier/1');"
        f"print(model.predict(pd.read_csv({str(table)!r})).to_json(orient='records'))"
    )
    published = pd.DataFrame(json.loads(project.python(code, cwd=tmp_path).splitlines()[-1]))
    done = project.rnnops("predict", str(table), "--json")
    rows = pd.DataFrame([json.loads(line) for line in done.stdout.splitlines()])
    assert rows["sequence"].tolist() == [f"w{place:03d}" for place in range(9)]
    assert set(rows["version"]) == {"1"}
    assert set(rows["verdict"]) == {"passed"}
    assert published[["sequence", "label"]].equals(rows[["sequence", "label"]])
    numbers = [f"p_{label}" for label in LABELS]
    np.testing.assert_allclose(published[numbers], rows[numbers], atol=1e-9)


def test_predict_prints_a_table_or_writes_a_file(project, table, new, tmp_path):
    shown = project.rnnops("predict", str(table))
    assert shown.stderr.startswith("model: mine-sequence-classifier version 1 (passed)")
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert lines[0] == ["sequence", "label", "probability"]
    assert [line[0] for line in lines[1:]] == new.ids
    assert (
        np.mean([line[1] == label for line, label in zip(lines[1:], new.labels, strict=True)]) > 0.7
    )
    frames = []
    for suffix, read in (
        ("parquet", pd.read_parquet),
        ("csv", pd.read_csv),
        ("jsonl", lambda path: pd.read_json(path, lines=True)),
    ):
        output = tmp_path / f"answers.{suffix}"
        done = project.rnnops("predict", str(table), str(table), "--output", str(output))
        assert f"18 sequences classified, written to {output}" in done.stdout
        frames.append(read(output))
    for frame in frames:
        assert list(frame) == ["sequence", "label", "probability", *(f"p_{x}" for x in LABELS)]
        assert frame["sequence"].tolist() == new.ids * 2
        assert frame["label"].tolist()[:9] == [line[1] for line in lines[1:]]
        np.testing.assert_allclose(frame["p_rise"], frames[0]["p_rise"], atol=1e-6)


def test_predict_reads_a_model_by_its_folder_anywhere(outer, project, table):
    named = outer.rnnops("predict", str(table), "--model", "pipeline/sequences/models/classifier")
    assert named.stdout == project.rnnops("predict", str(table)).stdout


def test_predict_names_what_it_leaves_out(project, table):
    rows = pd.read_csv(table, dtype=str)
    rows.loc[rows["window"] == "w003", "level"] = "high"
    rows.loc[rows.index[rows["window"] == "w005"][3], "noise"] = ""
    rows.to_csv(table, index=False)
    done = project.rnnops("predict", str(table), "--json")
    names = [json.loads(line)["sequence"] for line in done.stdout.splitlines()]
    assert len(names) == 8
    assert "w003" not in names
    assert re.search(
        r"note: .*w003 is left out: row \d+ has a value that is no number", done.stderr
    )
    assert "missing values, interpolated: 1" in done.stderr


def test_predict_says_in_a_line_what_is_wrong(project, table, tmp_path):
    wrong = tmp_path / "wrong.csv"
    pd.read_csv(table).rename(columns={"noise": "noize"}).to_csv(wrong, index=False)
    output = tmp_path / "answers.csv"
    for arguments, message in (
        ((str(wrong),), "no column 'noise' but window, t, level, noize; did you mean 'noize'?"),
        ((str(table), "--log"), "--log is for classifiers of messages"),
        ((str(tmp_path / "gone.csv"),), "gone.csv does not exist"),
        ((str(table), str(wrong), "--output", str(output)), "wrong.csv: the table has no column"),
        ((str(table), "--output", "answers.txt"), "its name has to end in .parquet, .csv, .jsonl"),
        ((str(table), "--output", str(output), "--json"), "--output and --json exclude each other"),
    ):
        done = project.rnnops("predict", *arguments, status=1)
        assert message in done.output
        (error,) = [line for line in done.stderr.splitlines() if not line.startswith("model: ")]
        assert error.startswith("error: ")
        assert done.stdout == ""
    assert not output.exists()


def test_commands_for_texts_say_so(project, table, tmp_path):
    text = tmp_path / "mail.txt"
    text.write_text("hello")
    for command in (("seeds",), ("drift", str(text)), ("explain", str(text)), ("serve",)):
        done = project.rnnops(*command, status=1)
        assert f"`rnnops {command[0]}` is for texts" in done.output
    for arguments in ((str(text),), ("--lines", str(text)), ("--text", "level", str(table))):
        done = project.rnnops("predict", *arguments, status=1)
        *_, error = done.stderr.splitlines()
        assert error.endswith(" classifies sequences: `rnnops predict FILE.csv` uses it")


def test_the_summary_and_lineage_are_those_of_the_task(project):
    shown = project.rnnops("summary").stdout
    assert "mine, test split" in shown
    assert "channel statistics" in shown
    assert re.search(r"with its steps shuffled the network's accuracy is 0\.\d{3}, in order", shown)
    assert "A sequence gets its most probable label." in shown
    assert "rnnops predict FILE.csv" in shown
    traced = project.rnnops("lineage", "models/rnn").stdout
    assert "data/incoming" in traced
    named = project.rnnops("lineage", "mine-sequence-classifier/1").stdout
    assert "mine-sequence-classifier" in named


def test_a_challenger_is_judged_against_the_champion_by_its_own_code(restored):
    assert "version 1 is the champion" in restored.rnnops("promote").stdout
    assert (restored.outer.folder / "models/champion.json").exists()
    restored.set_params({"train.seed": 7, "train.epochs": 1})
    done = restored.run("dvc", "repro").stdout
    assert restored.stages_run(done) == ["train", "evaluate", "register"]
    assert "version 2 registered, gate: refused" in done
    page = (restored.folder / "reports/gate.md").read_text()
    test = restored.report("split")["splits"]["test"]
    assert re.search(
        rf"^Judged on {test['messages']} sequences in {test['clusters']} cl", page, re.M
    )
    assert "messages" not in page
    # the champion scores as it did when it was evaluated
    losses = [
        json.loads(restored.run("git", "show", "HEAD:./reports/results.json").stdout),
        restored.report("results"),
    ]
    champion, challenger = (
        each["metrics"]["test"]["network"]["log_loss"]["value"] for each in losses
    )
    assert f"{challenger:.3f}" in page
    assert f"{champion:.3f}" in page


@pytest.fixture
def judge(restored, monkeypatch):
    """The gate's verdict on the pipeline's network against the published model in a folder."""
    from rnnops.core.params import load_params
    from rnnops.gate.params import gate_of
    from rnnops.registry.sequences import judge_challenger

    monkeypatch.chdir(restored.folder)
    return lambda folder: judge_challenger(gate_of(load_params()), folder)


@pytest.fixture
def published(outer, tmp_path):
    """A copy of the first version's published model."""
    first = min(
        (outer.folder / "mlruns").glob("artifacts/*/models/*/artifacts"), key=os.path.getctime
    )
    return shutil.copytree(first, tmp_path / "published")


def test_a_champion_scores_with_the_code_it_was_published_with(judge, published):
    same = judge(published)
    check = next(each for each in same.checks if each.name == "log_loss")
    assert check.difference == pytest.approx(0, abs=1e-6)
    code = published / "code/rnnops/sequences/inference.py"
    even = "np.full((len(values), len(self.bias)), 1 / 3)"
    code.write_text(code.read_text().replace("softmax((", f"{even} if values else softmax(("))
    other = next(each for each in judge(published).checks if each.name == "log_loss")
    assert other.opponent_value == pytest.approx(np.log(3))
    assert other.challenger_value == check.challenger_value


def test_a_champion_that_reads_other_channels_cannot_be_compared(judge, published):
    for name in layout.SPLIT_NAMES:
        path = layout.split_file(name)
        turned = pd.read_parquet(path)
        others = [name for name in turned if not name.startswith("x_")]
        files.write_parquet(turned[[*others, "x_noise", "x_level"]], path)
    verdict = judge(published)
    assert verdict.outcome == "refused"
    assert "the champion reads the channels level, noise, the challenger noise" in verdict.reason


def test_other_tasks_are_not_concerned(restored):
    """By neither the runs of this task nor a change of its code; nor it by a change of theirs."""
    outer = restored.outer
    before = outer.run("dvc", "repro", "--dry", "ingest").stdout
    restored.run("dvc", "status", "-q", "ingest", "split", "baseline", "train", "evaluate")
    for code in ("features/tokens.py", "forecasting/network.py", "language_model/network.py"):
        path = outer.folder / "src/rnnops" / code
        path.write_text(path.read_text() + "\n# changed\n")
    restored.run("dvc", "status", "-q", "ingest", "split", "baseline", "train", "evaluate")
    code = outer.folder / "src/rnnops/sequences/network.py"
    code.write_text(code.read_text() + "\n# changed\n")
    assert outer.run("dvc", "repro", "--dry", "ingest").stdout == before
    restored.run("dvc", "status", "-q", "ingest", "split", "baseline")
    restored.run("dvc", "status", "-q", "train", status=1)


LONG = [("a", "rise", place, float(place)) for place in range(4)]


@pytest.mark.parametrize(
    ("rows", "columns", "positive", "stage", "message"),
    [
        ([], {}, None, "ingest", "the table is empty"),
        (LONG, {"label": "moves"}, None, "ingest", "no column 'moves' but window, move, t, level"),
        (
            [(*row[:3], "") for row in LONG],
            {},
            None,
            "ingest",
            "row 2 is rejected, as one of its chan",
        ),
        (LONG[:1], {}, None, "ingest", "its sequence has 1 step and needs 2"),
        (LONG, {}, None, "validate", "critical expectations failed on 1 sequences"),
        (LONG, {}, "climb", "validate", "a label 'climb', the positive one"),
    ],
)
def test_one_line_says_what_is_wrong_with_a_table(
    restored, rows, columns, positive, stage, message
):
    path = restored.outer.folder / "data/incoming/table.csv"
    pd.DataFrame(rows, columns=["window", "move", "t", "level"]).to_csv(path, index=False)
    read = {"format": "sequences", "sequence": "window", "label": "move", "time": "t"}
    described = {"fetch": {"path": "data/incoming/table.csv"}, "read": read | columns}
    described["positive"] = positive
    restored.set_params({"datasets.table": described, "data.dataset": "table"})
    before = written(restored)
    done = restored.stage("ingest")
    if stage == "validate":
        assert done.returncode == 0, done.stderr
        done = restored.stage("validate")
    path.unlink()
    assert done.returncode == 1
    assert message in done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("error")
    if stage == "ingest":
        assert len(done.stderr.strip().splitlines()) == 1
        assert written(restored) == before


@pytest.mark.parametrize(
    ("changes", "stage", "message"),
    [
        ({"data.dataset": "yours"}, "ingest", "data.dataset: 'yours' is not in the catalog"),
        ({"datasets.mine.read.format": "csv"}, "ingest", "datasets.mine.read"),
        ({"datasets.mine.fetch.path": "data/incoming/gone.csv"}, "ingest", "gone.csv"),
        ({"split.seed": -1}, "split", "split.seed: input should be greater than or equal to 0"),
        (
            {"split.train": 0.98, "split.validation": 0.01, "split.test": 0.01},
            "split",
            "split has no sequence labelled",
        ),
        ({"baseline.models": ["svm"]}, "baseline", "baseline.models.0: input should be 'nearest_n"),
        ({"baseline.steps": 0}, "baseline", "baseline.steps: input should be greater"),
        ({"train.readout": "first"}, "train", "train.readout: input should be 'last', 'max'"),
        ({"evaluate.bootstrap_resamples": "many"}, "evaluate", "evaluate.bootstrap_resamples"),
        ({"gate.rule": "better"}, "../register", "gate.rule: input should be 'superiority'"),
    ],
)
def test_one_line_says_what_is_wrong_with_a_parameter(restored, changes, stage, message):
    restored.set_params(changes)
    before = written(restored)
    done = restored.stage(stage)
    assert done.returncode == 1
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert written(restored) == before
