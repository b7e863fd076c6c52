"""Models that other code published than the one that is installed."""

import mlflow
import pytest

from rnnops.registry.served_model import choose_served_model, load_classifier

MODEL = """
import mlflow
from mlflow.pyfunc import PythonModel


class Shouting(PythonModel):
    def load_context(self, context):
        from rnnops.moved_since import label

        self.label = label

    def predict(self, context, model_input, params=None):
        return model_input.assign(
            label=self.label, probability=1.0, p_ham=0.0, p_spam=1.0
        ).drop(columns=model_input.columns)


mlflow.models.set_model(Shouting())
"""


@pytest.fixture
def published(tmp_path):
    """The folder of a model whose code has a module that rnnops has no longer."""
    code = tmp_path / "rnnops"
    code.mkdir()
    (code / "__init__.py").touch()
    (code / "moved_since.py").write_text("label = 'spam'\n")
    (tmp_path / "model.py").write_text(MODEL)
    mlflow.pyfunc.save_model(
        tmp_path / "published",
        python_model=str(tmp_path / "model.py"),
        code_paths=[str(code)],
        pip_requirements=[],
    )
    return tmp_path / "published"


@pytest.mark.slow  # in a program of its own
def test_a_model_of_another_version_is_run_by_its_own_code(published, capfd):
    served = choose_served_model(str(published))
    scored = load_classifier(served).score(["one", "two"])
    assert [scored.label(message) for message in range(2)] == ["spam", "spam"]
    assert "another rnnops" in capfd.readouterr().err
