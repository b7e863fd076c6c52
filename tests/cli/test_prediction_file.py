"""`rnnops predict --output` on a made-up model, which is found and loaded without MLflow."""

import json
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from filelock import FileLock
from runtime_format import TEXTS, made_up_classifier
from typer.testing import CliRunner

from rnnops.cli.classify import ROWS_A_PART
from rnnops.cli.inputs import BLOCK_CHARACTERS
from rnnops.cli.main import app
from rnnops.cli.prediction_file import PredictionFile
from rnnops.registry.served_model import ServedModel
from rnnops.runtime.text_classifier import TextClassifier

pytestmark = pytest.mark.slow  # many rows are scored in processes of their own
READ = {
    ".parquet": pd.read_parquet,
    ".csv": pd.read_csv,
    ".jsonl": lambda path: pd.read_json(path, lines=True),
}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """The folder of a model."""
    folder = tmp_path_factory.mktemp("model") / "classifier"
    made_up_classifier().save(folder)
    return folder


def make_table(path, rows):
    """A table of so many different rows; their texts."""
    texts = [f"{TEXTS[1 + row % (len(TEXTS) - 1)]} {row}" for row in range(rows)]
    pd.DataFrame({"body": texts}).to_json(path, orient="records", lines=True)
    return texts


def predict(model, *arguments, status=0):
    done = CliRunner().invoke(app, ["predict", "--model", str(model), *map(str, arguments)])
    assert done.exit_code == status, done.output
    return done


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A table of more than three blocks, and its texts."""
    path = tmp_path_factory.mktemp("table") / "rows.jsonl"
    texts = make_table(path, 3 * BLOCK_CHARACTERS // 50)
    assert sum(map(len, texts)) > 3 * BLOCK_CHARACTERS
    return path, texts


@pytest.mark.parametrize("suffix", READ)
def test_many_rows_are_scored_in_order_by_all_cores(model, table, tmp_path, suffix):
    path, texts = table
    output = tmp_path / f"found{suffix}"
    done = predict(model, path, "--text", "body", "--output", output)
    assert f"{len(texts):,} messages classified, written to {output}" in done.stdout
    found = READ[suffix](output)
    assert found["message"].tolist() == [f"{path} row {row + 1}" for row in range(len(texts))]
    expected = TextClassifier.load(model).predict(texts)
    assert found["label"].tolist() == expected["label"].tolist()
    assert found["p_spam"].to_numpy() == pytest.approx(expected["p_spam"].to_numpy(), abs=1e-6)
    assert found["probability"].to_numpy() == pytest.approx(expected["probability"], abs=1e-6)
    assert set(found["model"]) == {str(model)}
    assert list(tmp_path.iterdir()) == [output]


def test_a_killed_run_goes_on_without_a_row_lost_or_doubled(model, tmp_path):
    path, output = tmp_path / "rows.jsonl", tmp_path / "found.parquet"
    texts = make_table(path, 6 * ROWS_A_PART)
    arguments = [path, "--text", "body", "--output", output]
    program = Path(sys.executable).with_name("rnnops")
    command = [program, "predict", "--model", model, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob(".found.parquet.parts/*.parquet")):
            assert process.poll() is None
            assert time.monotonic() < deadline
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.01)
        process.send_signal(signal.SIGKILL)
    assert not output.exists()
    done = predict(model, *arguments)
    assert f"{output}: goes on after " in done.stderr
    assert f"{len(texts):,} messages classified" in done.stdout
    found = pd.read_parquet(output)
    assert found["message"].tolist() == [f"{path} row {row + 1}" for row in range(len(texts))]
    rows = [0, 1, ROWS_A_PART - 1, ROWS_A_PART, ROWS_A_PART + 1, len(texts) - 1]
    expected = TextClassifier.load(model).predict([texts[row] for row in rows])
    assert found["p_spam"].iloc[rows].tolist() == pytest.approx(expected["p_spam"], abs=1e-6)


@pytest.mark.parametrize("is_other", [False, True])
def test_a_run_that_failed_at_the_end_is_used_again_for_the_same_messages_alone(
    model, tmp_path, monkeypatch, is_other
):
    monkeypatch.chdir(tmp_path)
    Path("one.txt").write_text("see you\n" * 5)
    arguments = ["--lines", "one.txt", "--output", "found.jsonl"]
    with monkeypatch.context() as broken:
        broken.setattr("rnnops.cli.prediction_file.PredictionFile.finish", lambda _: 1 / 0)
        failed = CliRunner().invoke(app, ["predict", "--model", str(model), *arguments])
        assert isinstance(failed.exception, ZeroDivisionError)
    assert len(list(Path(".found.jsonl.parts").glob("*.parquet"))) == 1
    number = 5
    if is_other:
        number = 3
        Path("one.txt").write_text("see you\n" * number)
    done = predict(model, *arguments)
    assert ("goes on after 5 messages" in done.stderr) == (not is_other)
    assert ("starts anew, an earlier run had other messages" in done.stderr) == is_other
    rows = [json.loads(line) for line in Path("found.jsonl").read_text().splitlines()]
    expected = [f"one.txt line {line}" for line in range(1, number + 1)]
    assert [row["message"] for row in rows] == expected
    assert f"{number} messages classified" in done.stdout


def test_what_a_finished_run_leaves_of_its_parts_is_nobodys(model, tmp_path, monkeypatch):
    """It is killed while it removes them: some are left."""
    served = ServedModel(str(model), None, None, model, model)
    predictions = TextClassifier.load(model).score(["see you"])
    path = tmp_path / "found.csv"
    with PredictionFile.open(path, served, "job") as file:
        for name in "abc":
            file.append([name], [predictions])
        with monkeypatch.context() as killed:
            killed.setattr(shutil, "rmtree", lambda *_, **__: None)
            unlink = Path.unlink
            killed.setattr(Path, "unlink", lambda part, **_: "2" in part.stem or unlink(part))
            file.finish()
        assert [part.stem for part in file.parts.glob("*.parquet")] == ["00000002"]
    with PredictionFile.open(path, served, "job") as file:
        assert file.rows == 0
    assert pd.read_csv(path)["message"].tolist() == ["a", "b", "c"]
    assert not file.parts.exists()


def test_the_output_may_lie_in_the_folder_that_is_read(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("one.txt").write_text("see you")
    with monkeypatch.context() as broken:
        broken.setattr("rnnops.cli.prediction_file.PredictionFile.finish", lambda _: 1 / 0)
        CliRunner().invoke(app, ["predict", "--model", str(model), ".", "--output", "found.csv"])
    assert "goes on after 1 messages" in predict(model, ".", "--output", "found.csv").stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full")
def test_a_full_disk_is_one_clear_line(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("one.txt").write_text("see you")

    def write_table(*_, **__):
        with Path("/dev/full").open("wb", buffering=0) as full:
            full.write(b"0")

    monkeypatch.setattr("pyarrow.parquet.write_table", write_table)
    done = predict(model, "one.txt", "--output", "found.csv", status=1)
    assert "error: cannot write found.csv: No space left on device; the same command" in done.stderr
    assert not Path(".found.csv.parts").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--output", "found.txt"], "--output found.txt: its name has to end in .parquet, .csv,"),
        (["--output", "folder.csv"], "--output folder.csv is a folder: name the file"),
        (["--output", "found.csv", "--json"], "--output and --json exclude each other"),
        (["--output", "found.csv", "--log"], "--output and --log exclude each other"),
        (["--output", "one.txt/found.csv"], "cannot write one.txt/found.csv: Not a directory"),
    ],
)
def test_what_cannot_be_written_is_one_clear_line(model, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    Path("one.txt").write_text("see you")
    Path("folder.csv").mkdir()
    done = predict(model, "one.txt", *arguments, status=1)
    assert f"error: {said}" in done.stderr
    assert len(done.stderr.splitlines()) <= 2


def test_two_runs_do_not_write_one_file(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("one.txt").write_text("see you")
    Path(".found.csv.parts").mkdir()
    with FileLock(".found.csv.parts/.lock"):
        done = predict(model, "one.txt", "--output", "found.csv", status=1)
    assert "error: found.csv is being written by another process" in done.stderr
