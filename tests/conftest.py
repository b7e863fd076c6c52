import pytest


@pytest.fixture(autouse=True)
def own_store(monkeypatch):
    """Start with no store in the environment, where MLflow leaves the last one it opened."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
