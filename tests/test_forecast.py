"""Forecasts end to end, on drawn series of two frequencies: DVC, MLflow and the commands."""

import contextlib
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from drawn_series import draw_series
from project import Project
from task_project import TaskProject

from rnnops.core import files, layout
from rnnops.core.tasks import FORECAST
from rnnops.forecasting.forecasters import forecast_all
from rnnops.forecasting.parts import read_parts
from rnnops.forecasting.saved_forecasters import SavedForecasters
from rnnops.forecasting.saved_forecasts import load_forecasts
from rnnops.forecasting.series import stack_tests

METHODS = ["naive", "seasonal_naive", "drift", "theta", "dynamic_optimized_theta"]
NETWORK = {"steps": 8, "base": "last", "units": 8, "epochs": 3, "learning_rate": 0.01}
SMALL = {
    "data.dataset": "mine",
    "baseline.methods": METHODS,
    "train.networks": {"default": NETWORK},
    "train.seeds": [0],
    "evaluate.combined": ["theta", "dynamic_optimized_theta"],
    "evaluate.bootstrap_resamples": 100,
    "evaluate.examples": 3,
    "gate.bootstrap_resamples": 100,
    "gate.min_rows": 5,
    "gate.min_clusters": 5,
}
MINE = {
    "fetch": {"path": "data/incoming/mine.json"},
    "read": {"format": "competition"},
    "expect": {"min_series": 5},
}
METRICS = {"smape", "mase", "crps", "coverage_80", "coverage_95"}
MONTHS = [str(each) for each in pd.period_range("2020-01", periods=120, freq="M")]


def write_competition(path):
    """Quarterly and yearly series."""
    found = {}
    for name, season, horizon in (("QUARTERLY", 4, 4), ("YEARLY", 1, 3)):
        for each in draw_series(14, 30, season=season, horizon=horizon, seed=horizon):
            values = each.values.tolist()  # noqa: PD011 (a Series of ours)
            found[f"{name[0]}-{each.name}"] = {
                "period": [name],
                "h": [horizon],
                "x": values[:-horizon],
                "xx": values[-horizon:],
            }
    path.write_text(json.dumps(found))


@pytest.fixture(scope="module")
def outer(tmp_path_factory):
    """The project that the pipeline is in."""
    pytest.importorskip("statsforecast.models")
    project = Project.create(tmp_path_factory.mktemp("forecast") / "project")
    write_competition(project.folder / "data/incoming/mine.json")
    return project


@pytest.fixture(scope="module")
def project(outer):
    """The folder of forecasts, whose pipeline has run once."""
    project = TaskProject(outer, FORECAST)
    project.run_first(SMALL | {"datasets.mine": MINE})
    return project


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A long table of two quarterly series with dates."""
    path = tmp_path_factory.mktemp("table") / "sales.csv"
    quarters = [f"{2015 + number // 4}-Q{number % 4 + 1}" for number in range(30)]
    rows = [
        (each.name, quarter, value)
        for each in draw_series(2, 30, seed=9)
        for quarter, value in zip(quarters, each.values, strict=True)
    ]
    pd.DataFrame(rows, columns=["series", "time", "value"]).to_csv(path, index=False)
    return path


def test_nothing_runs_again_but_register_and_it_changes_nothing(project):
    project.assert_registered_once()


def test_what_evaluate_writes_is_the_same_bytes_again(restored):
    before = restored.outputs()
    restored.run("dvc", "repro", "--force", "--single-item", "evaluate")
    assert restored.outputs() == before


def test_the_metrics_of_the_test_split_have_intervals(project):
    metrics = project.report("metrics")
    assert set(metrics) == {"network", "statistical_combination", "combination", *METHODS}
    for model in metrics.values():
        assert set(model) == METRICS
        assert all(each["low"] <= each["value"] <= each["high"] for each in model.values())
    # the series repeat a strong seasonal pattern
    assert metrics["network"]["mase"]["value"] < metrics["naive"]["mase"]["value"]


def test_what_evaluate_says_is_the_mean_over_series(project):
    rows = pd.read_parquet(project.folder / "reports/predictions.parquet")
    assert len(rows) == 2 * 28
    for split in ("validation", "test"):
        of_split = rows[rows["split"] == split]
        for model, metrics in project.report("results")["metrics"][split].items():
            for name in METRICS:
                expected = of_split[f"{name}_{model}"].mean()
                assert metrics[name]["value"] == pytest.approx(expected)
        for frequency, models in project.report("results")["by_frequency"][split].items():
            own = of_split.loc[of_split["frequency"] == frequency, "mase_theta"]
            assert models["theta"]["mase"]["value"] == pytest.approx(own.mean())


def test_steps_and_origins_are_measured(project):
    found = project.report("results")
    assert len(found["by_step"]["quarterly"]["network"]["smape"]) == 4
    assert len(found["by_step"]["yearly"]["network"]["coverage_80"]) == 3
    assert [each["steps"] for each in found["rolling"]["quarterly"]] == [4, 3, 2, 1]
    page = (project.folder / "reports/report.html").read_text()
    assert page.count("data:image/png;base64,") == 4


def test_combinations_are_means(project):
    assert project.report("results")["combined"] == ["theta", "dynamic_optimized_theta"]
    with contextlib.chdir(project.folder):
        series = read_parts(*layout.SPLIT_NAMES)
        networks = SavedForecasters.load(layout.NETWORK).forecasters
        theta, dynamic = (
            load_forecasts(layout.TEST, Path(layout.BASELINE) / name).points
            for name in ("theta", "dynamic_optimized_theta")
        )
    network = forecast_all(networks, [each.training for each in series]).points
    averaged, actual = network / 2 + theta / 4 + dynamic / 4, stack_tests(series)
    smape = 200 * np.abs(actual - averaged) / (np.abs(actual) + np.abs(averaged))
    measured = project.report("metrics")["combination"]["smape"]["value"]
    assert measured == pytest.approx(np.nanmean(np.nanmean(smape, axis=1)))


def test_the_parts_follow_one_another_and_nothing_is_seen_early(project):
    for _, rows in project.rows().groupby("series"):
        assert rows["period"].astype(int).tolist() == list(range(1, 31))
    report = project.report("split")
    assert report["values_after_an_origin"] == {"validation": 0, "test": 0}
    assert report["values"]["test"] == 14 * 4 + 14 * 3


def test_what_the_test_part_says_teaches_nothing_and_bytes_are_the_same_again(restored):
    learnt = ("models/baseline", "models/rnn")
    before = [files.digest(restored.folder / path) for path in learnt]
    path = restored.folder / "data/splits/test.parquet"
    files.write_parquet(pd.read_parquet(path).assign(value=-1e6), path)
    for stage in ("baseline", "train"):
        assert restored.stage(stage).returncode == 0
    assert [files.digest(restored.folder / path) for path in learnt] == before


def test_mlflow_has_a_run_a_model_with_each_epoch(project):
    network, others = project.runs("mine-forecast")
    assert network.data.params["model"] == "SimpleRNN"
    assert {run.data.params["model"] for run in others} == set(METHODS)
    for run in (network, *others):
        assert run.data.tags["rnnops.task"] == "forecast"
        assert set(run.data.params) == set(network.data.params)
    for frequency in ("quarterly", "yearly"):
        assert project.epochs(network, f"training/loss_{frequency}") == [1, 2, 3]
    measured = project.report("results")["metrics"]["test"]["combination"]["mase"]["value"]
    assert network.data.metrics["test/combination/mase"] == pytest.approx(measured)


def test_the_registered_model_takes_a_long_table_in_another_folder(project, table, tmp_path):
    code = (
        "import mlflow, pandas as pd; model = mlflow.pyfunc.load_model('models:/mine-forecaster/1')"
        f"; print(model.predict(pd.read_csv({str(table)!r})).to_json(orient='records'))"
    )
    rows = json.loads(project.python(code, cwd=tmp_path).splitlines()[-1])
    assert [each["time"] for each in rows[:4]] == ["2022-Q3", "2022-Q4", "2023-Q1", "2023-Q2"]
    assert [each["series"] for each in rows] == ["s0"] * 4 + ["s1"] * 4
    for each in rows:
        assert each["low_95"] <= each["low_80"] <= each["forecast"] <= each["high_80"]


def test_forecast_prints_csv_or_json_and_draws(project, outer, table, tmp_path):
    picture = tmp_path / "forecast.png"
    shown = project.rnnops("forecast", str(table), "--plot", str(picture))
    found = pd.read_csv(io.StringIO(shown.stdout))
    assert list(found.columns[:3]) == ["series", "time", "forecast"]
    assert len(found) == 8
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "mine-forecaster version 1 (passed)" in shown.stderr
    again = json.loads(outer.rnnops("forecast", str(table), "--json").stdout)
    np.testing.assert_allclose([each["forecast"] for each in again], found["forecast"], rtol=1e-9)


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ("series,when,value\na,2020,1\n", (), "the table has no column time"),
        ("series,time,value\na,2020-Q1,1\na,2020-Q2,2\n", (), "its series has 2 values and needs"),
        ("series,time,value\na,2020-Q1,x\n", (), "its value is no number"),
        (
            "series,time,value\n" + "".join(f"a,{month},1\n" for month in MONTHS),
            (),
            "the series are monthly, but the model forecasts series that are quarterly, yearly",
        ),
        ("series,time,value\na,1,1\n", ("--plot", "x.svg"), "the name has to end in .png"),
    ],
)
def test_forecast_says_in_a_line_what_is_wrong(project, tmp_path, rows, options, message):
    path = tmp_path / "table.csv"
    path.write_text(rows)
    done = project.rnnops("forecast", str(path), *options, status=1)
    assert message in done.output
    assert len(done.stderr.strip().splitlines()) <= 2  # one names the model


def test_predict_names_the_command_for_forecasters(project):
    done = project.rnnops("predict", "--lines", status=1, input="a text\n")
    assert "forecasts time series: `rnnops forecast FILE.csv` uses it" in done.output


def test_commands_of_other_tasks_say_so(project):
    for command in (("seeds",), ("drift", "mail.txt")):
        done = project.rnnops(*command, status=1)
        assert f"`rnnops {command[0]}` is for texts" in done.output


def test_the_summary_and_lineage_are_those_of_the_task(project):
    shown = project.rnnops("summary").stdout
    assert "mine, test split" in shown
    assert "dynamic optimized theta" in shown
    traced = project.rnnops("lineage", "models/rnn").stdout
    assert "data/incoming" in traced
    assert "mine-forecaster" in project.rnnops("lineage", "mine-forecaster/1").stdout


def test_a_champion_is_promoted_and_a_worse_challenger_refused(restored):
    assert "version 1 is the champion" in restored.rnnops("promote").stdout
    restored.set_params({"train.networks": {"default": NETWORK | {"epochs": 1, "units": 1}}})
    done = restored.run("dvc", "repro").stdout
    assert restored.stages_run(done) == ["train", "evaluate", "register"]
    assert "version 2 registered, gate: refused" in done
    page = (restored.folder / "reports/gate.md").read_text()
    assert "superiority needs the whole interval below 0" in page
    assert re.search(r"^Judged on \d+ series; 0 more left out", page, re.MULTILINE)


def test_series_whose_test_values_the_champion_has_seen_are_left_out(project, monkeypatch):
    from rnnops.registry import champion_forecasts

    series = draw_series(3, 30)
    listed = pd.DataFrame(
        {"id": ["s0", "s1"], "cluster": ["s0", "s1"], "last_period": ["26", "27"]}
    )
    monkeypatch.setattr(champion_forecasts.published_model, "read_training_ids", lambda _: listed)
    seen = champion_forecasts.has_seen([replace(each) for each in series], project.folder)
    assert seen.tolist() == [False, True, False]


def test_other_tasks_are_not_concerned(restored):
    """Neither by the runs of this task nor by a change of its code."""
    outer = restored.outer
    before = outer.run("dvc", "repro", "--dry", "ingest").stdout
    code = outer.folder / "src/rnnops/forecasting/network.py"
    code.write_text(code.read_text() + "\n# changed\n")
    assert outer.run("dvc", "repro", "--dry", "ingest").stdout == before
    restored.run("dvc", "status", "-q", "baseline", status=0)
    restored.run("dvc", "status", "-q", "train", status=1)


def rows_of(series, times, values):
    return [(series, time, value) for time, value in zip(times, values, strict=True)]


@pytest.mark.parametrize(
    ("rows", "stage", "message"),
    [
        (rows_of("a", MONTHS[:9], range(9)), "ingest", "has 9 values and needs 50"),
        (rows_of("a", MONTHS[::2], range(60)), "ingest", "its series lacks"),
        (rows_of("a", MONTHS * 2, range(240)), "ingest", "its period has several values"),
        ([], "ingest", "the table is empty"),
        (rows_of("a", MONTHS[:60], [7] * 60), "validate", "1 critical expectation failed on 60"),
    ],
)
def test_one_line_says_what_is_wrong_with_a_table(restored, rows, stage, message):
    path = restored.outer.folder / "data/incoming/table.csv"
    frame = pd.DataFrame(rows, columns=["series", "time", "value"])
    frame.to_csv(path, index=False)
    read = {"format": "table", "frequency": "monthly"}
    entry = {"fetch": {"path": "data/incoming/table.csv"}, "read": read}
    restored.set_params(
        {"datasets.table": entry | {"expect": {"min_series": 1}}, "data.dataset": "table"}
    )
    done = restored.stage("ingest")
    if stage == "validate":
        assert done.returncode == 0, done.stderr
        done = restored.stage("validate")
    path.unlink()
    assert done.returncode == 1
    assert message in done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("error")


@pytest.mark.parametrize(
    ("changes", "stage", "message"),
    [
        ({"data.dataset": "yours"}, "ingest", "data.dataset: 'yours' is not in the catalog"),
        ({"baseline.processes": 0}, "baseline", "baseline.processes: input should be greater"),
        (
            {"evaluate.combined": ["auto_arima"]},
            "evaluate",
            "evaluate.combined: none of auto_arima is in baseline.methods",
        ),
        ({"train.networks": {}}, "train", "train: networks needs the entry default"),
    ],
)
def test_one_line_says_what_is_wrong_with_a_parameter(changing, changes, stage, message):
    changing.set_params(changes)
    done = changing.stage(stage)
    assert done.returncode == 1
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
