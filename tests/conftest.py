import contextlib
import shutil

import numpy as np
import pytest
from filelock import FileLock
from mlflow_server import MlflowServer
from project import ROOT, STAGES, Project

from rnnops.metrics.scores import Scores
from rnnops.tracking import store
from rnnops.tracking.relocation import relocate

# A module is slow that imports one of these.
PROGRAMS = {
    "GitHub",
    "GitLab",
    "MlflowServer",
    "Project",
    "S3Server",
    "TaskProject",
    "benchmark",
    "browser",
    "declared_environment",
    "running",
    "subprocess",
}
# `cpu` and `order` load TensorFlow.
PROGRAM_FIXTURES = {"browser_page", "cpu", "empty_checkout", "first_results", "order", "served"}

# The folders, and the file, in which every test uses `cpu`.
COMPUTE = {
    "recurrent",
    "runtime",
    "training",
    "test_next_word_network.py",
    "test_number_network.py",
}

# The files that take minutes, the longest first: each process takes a file, then the next.
LONGEST = (
    "test_retrain_server",
    "test_retrain_workflow",
    "test_readme",
    "test_story",
    "test_retrain_gitlab",
    "test_recovery",
    "test_next_word",
    "test_forecast",
    "test_experiments",
    "test_network",
    "test_layer",
    "test_outbox",
)


def pytest_ignore_collect(collection_path, config):
    """None of the fast tests is where every test computes: TensorFlow takes seconds to import."""
    return (config.option.markexpr == "not slow" and collection_path.name in COMPUTE) or None


def pytest_collection_modifyitems(items):
    """Mark the tests that run whole programs as slow, and start with the longest."""
    for item in items:
        if PROGRAMS & vars(item.module).keys() or PROGRAM_FIXTURES & set(item.fixturenames):
            item.add_marker("slow")
    items.sort(key=place_in_line)


def place_in_line(item):
    """The place of a test's file among all: the longest, then the slow ones, then the fast."""
    name = item.path.stem
    if name in LONGEST:
        return LONGEST.index(name)
    return len(LONGEST) + (item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def first_results(tmp_path_factory, worker_id, request):
    """The one project whose pipeline has run for all tests.

    With --cov its stages are measured too. Other programs are not: that takes half as long again.
    """
    folder = tmp_path_factory.getbasetemp()
    folder = (folder if worker_id == "master" else folder.parent) / "first_results"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            project = Project.create(folder.with_name("first_results_begun"))
            if request.config.getoption("cov_source", None):
                project.environment["COVERAGE_PROCESS_START"] = str(ROOT / "pyproject.toml")
                project.environment["COVERAGE_FILE"] = str(ROOT / ".coverage")
            assert project.repro() == STAGES
            project.commit("first results")
            project.folder.rename(folder)
    return folder


@pytest.fixture(scope="module")
def project(first_results, tmp_path_factory):
    """A copy of the project whose pipeline has run once and whose results are committed."""
    project = Project(tmp_path_factory.mktemp("finished") / "project")
    shutil.copytree(first_results, project.folder, symlinks=True)
    mlruns = project.folder / "mlruns"
    relocate(mlruns / "mlflow.db", mlruns, timeout=60)
    return project


@pytest.fixture
def restored(project):
    """The project; what a test changes is undone, and DVC's cache brings the old results back."""
    yield project
    project.run("git", "checkout", "-q", ":/")
    project.run("dvc", "checkout", "-q", "--force")


@pytest.fixture
def changing(project):
    """The project; what a test changes of the files in git is undone."""
    yield project
    project.run("git", "checkout", "-q", ":/")


@pytest.fixture(autouse=True)
def own_store(monkeypatch):
    """Start with no store in the environment, where MLflow leaves the last one it opened."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")
    monkeypatch.delenv("MLFLOW_TRACKING_URI")


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory):
    """The folder of a checkout's own store, with MLflow's tables, which take seconds to create."""
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "params.yaml").touch()
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(folder):
        patch.setenv("MLFLOW_TRACKING_URI", "")  # so that what MLflow leaves there is undone
        patch.delenv("MLFLOW_TRACKING_URI")
        store.connect()
    return folder / "mlruns"


@pytest.fixture
def client(tmp_path, monkeypatch, empty_store):
    """A client of a checkout's own store."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").touch()
    shutil.copytree(empty_store, tmp_path / "mlruns")
    return store.connect()


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A client of a server, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    with MlflowServer(tmp_path / "server") as server:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
        yield store.connect()


@pytest.fixture
def make_scores():
    """Random scores, mostly right; with `steps`, multiples of 1/steps, so that many are equal.

    Of two labels the second is positive, unless they are `alike`.
    """

    def make(rows=300, labels=("ham", "spam"), seed=0, threshold=0.6, steps=50, alike=False):
        random = np.random.default_rng(seed)
        shares = np.arange(len(labels), 0, -1)
        actual = random.choice(len(labels), rows, p=shares / shares.sum())
        likelihoods = np.exp(random.normal(0, 1, (rows, len(labels))))
        likelihoods[np.arange(rows), actual] *= 4
        probabilities = likelihoods / likelihoods.sum(axis=1, keepdims=True)
        if steps:
            probabilities = random.multinomial(steps, probabilities) / steps
        if alike or len(labels) > 2:
            return Scores(labels, actual, probabilities)
        return Scores(labels, actual, probabilities, labels[1], threshold)

    return make


@pytest.fixture(scope="session")
def cpu():
    """As the stages choose it: operations that give the same result each time."""
    from rnnops.recurrent.device import select_device

    select_device("cpu")
