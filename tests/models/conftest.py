import pytest


@pytest.fixture(scope="session", autouse=True)
def _device():
    """As the stages do: operations that give the same result each time."""
    from rnnops.models.device import select_device

    select_device("cpu")
