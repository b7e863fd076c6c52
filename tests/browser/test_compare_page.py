"""The comparison of a sweep's runs, as a person gets it: tick the runs, press Compare."""

import io
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread
from mlflow_server import MlflowServer
from project import ROOT
from scipy import ndimage

from rnnops.core.params import load_params
from rnnops.metrics.metrics import METRICS, headlines
from rnnops.recurrent.params import Train
from rnnops.registry import classification, mlflow_pages, runs
from rnnops.registry.trained_models import TrainedModel, run_metrics
from rnnops.report.results import Results
from rnnops.tracking import store
from rnnops.tracking.run_names import baseline_name, network_name
from rnnops.tracking.run_parameters import baseline_params, network_params

chromium = pytest.importorskip("browser.chromium", reason="no playwright: pip install playwright")
browser = pytest.importorskip("browser.compare_page")
pytestmark = pytest.mark.skipif(
    chromium.CHROMIUM is None, reason="no chromium: apt-get install chromium"
)

SWEEP = [
    {"units": units, "dropout": dropout, "learning_rate": rate}
    for units, dropout, rate in [
        (50, 0.1, 0.001), (50, 0.3, 0.002), (100, 0.1, 0.002),
        (100, 0.3, 0.004), (200, 0.1, 0.001), (200, 0.3, 0.002),
    ]
]  # fmt: skip


@dataclass(frozen=True)
class Sweep:
    uri: str
    experiment: str
    runs: pd.DataFrame  # a row each: params, metrics, name


def measured(value):
    """The metrics of a run that has this value of each on the validation split, half on test."""
    results = Results(
        dataset="mine",
        labels=["ham", "spam"],
        positive="spam",
        max_false_positive_rate=0.005,
        best_baseline="linear_svm",
        thresholds={"model": 0.5},
        metrics={
            split: {"model": {key: {"value": v, "low": v - 0.01, "high": v} for key in METRICS}}
            for split, v in (("validation", value), ("test", value / 2))
        },
        difference={},
    )
    return run_metrics(results, "model")


def trained(place, changes):
    """The run of the sweep's setting at `place`, with metrics that tell it from the others."""
    params = load_params(ROOT / "params.yaml")
    params = params.with_section(params[Train].model_copy(update=changes))
    said = network_params(params)
    return TrainedModel(
        role="network",
        name=network_name(said),
        digest=f"{place}" * 64,
        dataset_digest="e" * 64,
        params=said,
        metrics=measured(0.9 + place / 100),
        history=pd.DataFrame(
            {"epoch": [1, 2], "loss": [0.5, 0.4], "val_loss": [0.6, 0.5 + place / 100]}
        ),
    )


def baseline():
    """The run of a classifier that all the networks of the sweep are measured against."""
    params = baseline_params(load_params(ROOT / "params.yaml"), "linear_svm")
    return TrainedModel(
        role="baseline",
        name=baseline_name(params),
        digest="b" * 64,
        dataset_digest="e" * 64,
        params=params,
        metrics=measured(0.8),
    )


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    """Six runs of a sweep in a real store, and a real server on it."""
    folder = tmp_path_factory.mktemp("sweep")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        (folder / "params.yaml").touch()
        client = store.connect()
        experiment = store.experiment_id(client, "spam-email")
        models = [trained(place, changes) for place, changes in enumerate(SWEEP)]
        mlflow_pages.describe_experiment(client, experiment, classification.experiment_page())
        for model in models:
            network = runs.ensure_complete(client, experiment, model)
            runs.ensure_complete(client, experiment, baseline(), parent=network)
        said = [
            {
                **model.params,
                **model.metrics,
                "name": model.name,
                "val_loss": model.history["val_loss"].iloc[-1],
            }
            for model in models
        ]
    with MlflowServer(folder / "mlruns") as server:
        yield Sweep(server.uri, experiment, pd.DataFrame(said))


@pytest.fixture(scope="module")
def page(sweep):
    with browser.compare_page() as page:
        page.open(sweep.uri, sweep.experiment)
        yield page


def coloured(png):
    """Where a picture is neither grey, black nor white, shape (height, width)."""
    rgb = imread(io.BytesIO(png))[..., :3]
    return np.ptp(rgb, axis=-1) > 0.15


def lines_run_from_axis_to_axis(plot):
    width = plot.shape[1]
    return plot[:, width // 8 : width // 2].any(axis=0).mean() > 0.9


def eventually(holds):
    """The page draws when it finds time to."""
    deadline = time.monotonic() + browser.SECONDS_TO_DRAW
    while not holds():
        assert time.monotonic() < deadline


def rows(drawn):
    return pd.DataFrame(drawn).sort_values(list(drawn)).to_dict("list")


def test_what_differs_and_the_validation_loss_are_drawn_unasked(page, sweep, tmp_path):
    page.tab("Parallel Coordinates Plot")
    varied = ["train.dropout", "train.learning_rate", "train.units", "val_loss"]
    assert list(page.drawn) == varied
    assert rows(page.drawn) == rows(sweep.runs[varied])
    page.draw(tmp_path / "parallel.png")
    eventually(lambda: lines_run_from_axis_to_axis(coloured(page.draw_plot())))


def test_the_scatter_plot_has_a_point_a_run_on_the_axes_that_are_chosen(page, sweep, tmp_path):
    page.tab("Scatter Plot")
    assert len(page.drawn["names"]) == len(SWEEP)
    page.choose("x", "train.units")
    page.choose("y", "roc_auc")
    columns = ["train.units", "roc_auc", "name"]
    expected = sweep.runs[columns].rename(columns={"name": "names"})
    assert rows(page.drawn) == rows(expected)
    eventually(lambda: ndimage.label(coloured(page.draw_plot()))[1] == len(SWEEP))
    page.draw(tmp_path / "scatter.png")


def test_the_link_of_the_ui_opens_a_row_a_network_with_the_validation_splits_metrics(
    page, sweep, tmp_path
):
    page.open_list(sweep.uri, sweep.experiment, mlflow_pages.VIEW_QUERY)
    assert "Model registry" in page.text
    assert "Judges" not in page.text  # which MLflow shows on its other side, GenAI
    assert sorted(page.rows) == sorted(sweep.runs["name"])
    assert page.metric_columns[:3] == headlines(METRICS)[:3]
    assert set(page.metric_columns) <= set(headlines(METRICS))
    assert "Choose settings by the plain metrics" in page.text
    page.draw(tmp_path / "list.png")


def test_runs_of_a_sweep_have_names_of_their_own_and_the_same_keys(sweep):
    assert sweep.runs["name"].is_unique
    assert sweep.runs.notna().all(axis=None)
