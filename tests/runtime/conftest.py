import pytest


@pytest.fixture(scope="session", autouse=True)
def _device(cpu):
    """Every test here computes on the CPU."""
