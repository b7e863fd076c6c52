"""When another model takes over, and what happens when the question fails."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

from rnnops.serving.metrics import Metrics
from rnnops.serving.models import Models
from rnnops.serving.project import Served
from rnnops.serving.settings import Settings

FIRST = Served("tiny", "1", "champion", Path("first"))


def check(monkeypatch, *answers):
    """Models of `FIRST` after a check for each answer, errors or models to serve."""

    async def check_all():
        left = iter(answers)

        async def choose():
            answer = next(left)
            if isinstance(answer, Exception):
                raise answer
            return answer

        async def load(models, served):  # noqa: ARG001
            pool = SimpleNamespace(replaced=0, close=lambda: None)
            return SimpleNamespace(served=served, users=0, pool=pool)

        monkeypatch.setattr(Models, "_load", load)
        models = Models(Settings(), Metrics(), choose)
        models.current = await load(models, FIRST)
        for _ in answers:
            await models.check()
        return models

    return asyncio.run(check_all())


def test_a_failure_that_nobody_foresees_is_noted_by_its_type(monkeypatch, capsys):
    models = check(monkeypatch, RuntimeError("can't start new thread"))
    assert (models.problem, models.current.served) == ("RuntimeError", FIRST)
    assert "goes on answering: RuntimeError" in capsys.readouterr().err
    assert check(monkeypatch, RuntimeError(), FIRST).problem is None


def test_version_1_of_a_store_made_anew_is_another_model(monkeypatch):
    other = FIRST._replace(folder=Path("second"))
    assert check(monkeypatch, other).current.served == other


def test_a_new_verdict_loads_nothing(monkeypatch):
    passed = FIRST._replace(verdict="passed")
    models = check(monkeypatch, passed)
    assert models.current.served == passed
    assert models._metrics.swaps._value.get() == 0
