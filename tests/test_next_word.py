"""Next-word prediction end to end, on stories of a small grammar: DVC, MLflow and the commands."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from project import Project
from task_project import TaskProject

from rnnops.core import files
from rnnops.core.tasks import NEXT_WORD

SMALL = {
    "split.train": 0.5,
    "split.validation": 0.2,
    "split.test": 0.3,
    "features.vocabulary_size": 60,
    "baseline.orders": [1, 2],
    "train.embedding_dimension": 16,
    "train.units": 16,
    "train.dropout": 0.0,
    "train.epochs": 3,
    "train.rows": 4,
    "train.steps": 10,
    "train.learning_rate": 0.02,
    "evaluate.bootstrap_resamples": 200,
    "gate.min_rows": 5,
    "gate.min_clusters": 5,
}
MINE = {"fetch": {"path": "data/incoming/stories"}, "read": {"format": "texts"}}
PEOPLE = ("the king", "a girl", "the old man", "my sister", "the dog", "a thief", "his horse")
DEEDS = ("saw", "loves", "met", "follows", "fears", "called", "forgot", "heard")
ENDS = (".", "at night .", "in the forest .", "again and again .", "by the river !")


def write_stories(folder, number, seed=0):
    """Documents of twelve sentences, half of them in the folder `tales`."""
    random = np.random.default_rng(seed)
    for story in range(number):
        parts = [random.choice(words, 12) for words in (PEOPLE, DEEDS, PEOPLE, ENDS)]
        lines = [" ".join(words) for words in zip(*parts, strict=True)]
        place = folder / ("tales" if story % 2 else "news")
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{seed}-{story:03d}.txt").write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def outer(tmp_path_factory):
    """The project that the pipeline is in."""
    project = Project.create(tmp_path_factory.mktemp("next_word") / "project")
    write_stories(project.folder / "data/incoming/stories", 60)
    project.set_params({"datasets.mine": MINE})
    return project


@pytest.fixture(scope="module")
def project(outer):
    """The folder of next-word prediction, whose pipeline has run once."""
    project = TaskProject(outer, NEXT_WORD)
    project.run_first(SMALL | {"data.dataset": "mine"})
    return project


def test_nothing_runs_again_but_register_and_it_changes_nothing(project):
    project.assert_registered_once()


def test_the_network_trains_to_the_same_bytes(restored):
    before = restored.outputs()
    restored.run("dvc", "repro", "--force", "--single-item", "train")
    assert restored.outputs() == before


def test_the_metrics_of_the_test_split_have_intervals(project):
    metrics = project.report("metrics")
    assert set(metrics) == {"network", "interpolated", "unigram", "kneser_ney_2"}
    names = {"perplexity", "bits_per_word", "top_1_accuracy", "top_5_accuracy"}
    for model in metrics.values():
        assert set(model) == names
        assert all(each["low"] <= each["value"] <= each["high"] for each in model.values())
    # the grammar takes fewer than five equally probable words on average
    assert metrics["interpolated"]["perplexity"]["value"] < 5
    assert metrics["unigram"]["perplexity"]["value"] > 10


def test_what_evaluate_says_is_what_the_documents_cost(project):
    rows = pd.read_parquet(project.folder / "reports/predictions.parquet")
    assert len(rows) == rows["id"].nunique()
    for split in ("validation", "test"):
        of_split = rows[rows["split"] == split]
        for model, metrics in project.report("results")["metrics"][split].items():
            bits = of_split[f"bits_{model}"].sum() / of_split["words"].sum()
            assert metrics["bits_per_word"]["value"] == pytest.approx(bits)
            assert metrics["perplexity"]["value"] == pytest.approx(2**bits)


def test_validation_speaks_of_documents(project):
    report = project.report("validation")
    assert report["of"] == "documents"
    checked = [each["expectation"] for each in report["results"]]
    assert "a text for every document" in checked
    assert not [each for each in checked if "message" in each]


def test_no_document_is_in_two_splits_and_labels_are_the_folders(project):
    together = project.rows()
    assert together["cluster"].is_unique
    assert set(together["label"]) == {"news", "tales"}
    assert set(project.report("results")["by_label"]) == {"news", "tales"}


def test_what_the_test_split_says_teaches_nothing(restored):
    learnt = ("models/featurizer", "models/baseline", "data/features/train.parquet")
    before = [files.digest(restored.folder / path) for path in learnt]
    path = restored.folder / "data/splits/test.parquet"
    held_out = pd.read_parquet(path).assign(text="quite other words " * 500)
    files.write_parquet(held_out, path)
    for stage in ("featurize", "baseline"):
        assert restored.stage(stage).returncode == 0
    assert [files.digest(restored.folder / path) for path in learnt] == before


def test_mlflow_has_a_run_a_model_with_each_epoch(project):
    network, others = project.runs("mine-next-word")
    assert len(others) == 2
    for run in (network, *others):
        assert run.data.tags["rnnops.task"] == "next_word"
        assert set(run.data.params) == set(network.data.params)
    assert project.epochs(network, "val_perplexity") == [1, 2, 3]
    assert network.data.metrics["training/words_per_second"] > 0
    assert network.data.metrics["train_loss"] < 3
    measured = project.report("results")["metrics"]["test"]["interpolated"]["perplexity"]["value"]
    assert network.data.metrics["test/interpolated/perplexity"] == pytest.approx(measured)


def test_the_registered_model_takes_raw_text_in_another_folder(project, tmp_path):
    code = (
        "import mlflow; model = mlflow.pyfunc.load_model('models:/mine-language-model/1');"
        "print(model.predict(['the king saw', 'zebra']).to_json(orient='records'))"
    )
    first, second = json.loads(project.python(code, cwd=tmp_path).splitlines()[-1])
    assert first["words"] == 4  # the end of the sentence is one
    assert first["unknown_words"] == 0
    assert first["next_word"] in " ".join(PEOPLE).split()
    assert second["unknown_words"] == 1
    assert second["bits"] > 0


def test_complete_lists_the_next_words_and_writes_on(project, outer):
    for place in (outer, project):
        listed = json.loads(place.rnnops("complete", "the king", "--json").stdout)
        assert [each["probability"] for each in listed] == sorted(
            (each["probability"] for each in listed), reverse=True
        )
        assert listed[0]["word"] in DEEDS
    options = ("complete", "the king", "--words", "6", "--samples", "2", "--seed", "3", "--json")
    written = json.loads(project.rnnops(*options).stdout)
    assert [len(each.split()) for each in written] == [6, 6]
    assert json.loads(project.rnnops(*options).stdout) == written


def test_predict_knows_what_a_language_model_says(project):
    done = project.rnnops("predict", "--lines", "--json", input="the king saw a girl .\n")
    (row,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (row["words"], row["version"], row["verdict"]) == (7, "1", "passed")
    refused = project.rnnops("predict", "--lines", "--log", status=1, input="the king\n")
    assert "--output and --log are for classifiers" in refused.output


def test_the_summary_and_lineage_are_those_of_the_task(project):
    shown = project.rnnops("summary").stdout
    assert "mine, test split" in shown
    assert "Kneser–Ney 2" in shown
    traced = project.rnnops("lineage", "models/rnn").stdout
    assert "data/incoming" in traced
    assert "mine-language-model" in project.rnnops("lineage", "mine-language-model/1").stdout


def test_a_champion_is_promoted_and_a_worse_challenger_refused(restored):
    assert "version 1 is the champion" in restored.rnnops("promote").stdout
    assert (restored.outer.folder / "models/champion.json").exists()
    restored.set_params({"train.epochs": 1, "train.units": 2, "train.embedding_dimension": 2})
    done = restored.run("dvc", "repro").stdout
    assert restored.stages_run(done) == ["train", "evaluate", "register"]
    assert "version 2 registered, gate: refused" in done
    page = (restored.folder / "reports/gate.md").read_text()
    assert "superiority needs the whole interval below 0" in page
    assert re.search(r"^Judged on \d+ documents in", page, re.MULTILINE)
    restored.set_params({"features.vocabulary_size": 30})
    assert "gate: refused" in restored.run("dvc", "repro").stdout
    page = (restored.folder / "reports/gate.md").read_text()
    assert "the champion knows other words than the challenger" in page


def test_classification_is_not_concerned(restored):
    """Neither by the runs of this task nor by a change of its code."""
    outer = restored.outer
    before = outer.run("dvc", "repro", "--dry", "ingest").stdout
    code = outer.folder / "src/rnnops/language_model/network.py"
    code.write_text(code.read_text() + "\n# changed\n")
    assert outer.run("dvc", "repro", "--dry", "ingest").stdout == before
    restored.run("dvc", "status", "-q", "train", status=1)


@pytest.mark.parametrize(
    ("changes", "stage", "message"),
    [
        ({"task": "next"}, "ingest", "params.yaml: task: 'next' is not one of classification, nex"),
        ({"data.dataset": "yours"}, "ingest", "data.dataset: 'yours' is not in the catalog"),
        ({"train.units": 17}, "train", "tied needs an embedding_dimension of as many as units, 17"),
        ({"train.rows": 500}, "train", "are fewer than the 500 rows of 10 steps"),
        ({"baseline.orders": []}, "baseline", "baseline.orders: list should have at least 1 item"),
        ({"split.seed": -1}, "split", "split.seed: input should be greater than or equal to 0"),
    ],
)
def test_one_line_says_what_is_wrong(changing, changes, stage, message):
    changing.set_params(changes)
    done = changing.stage(stage)
    assert done.returncode == 1
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
