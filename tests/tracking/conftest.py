import pytest
from mlflow_server import MlflowServer

from rnnops.tracking import store


@pytest.fixture
def client(tmp_path, monkeypatch):
    """A client of a checkout's own store."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").touch()
    return store.connect()


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A client of a server, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    with MlflowServer(tmp_path / "server") as server:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
        yield store.connect()
