"""The published model as MLflow runs it: this file is its code, nothing in it is pickled."""

import warnings
from contextlib import suppress
from pathlib import Path

import mlflow
from mlflow.models import Model
from mlflow.pyfunc import PythonModel, PythonModelContext
from mlflow.store.artifact.models_artifact_repo import REGISTERED_MODEL_META_FILE_NAME
from ruamel.yaml import YAML

# MLflow advises type hints for `predict` whenever it reads the class, but would put the signature
# that it infers from them in place of ours, which names the columns.
with warnings.catch_warnings(record=True):

    class TextModel(PythonModel):
        """Raw text in; a frame with `label`, `probability` and `p_<label>` columns out.

        What it answers is logged if the environment names a folder, see `PredictionLog`.
        """

        def load_context(self, context: PythonModelContext) -> None:
            """Read the files the model was published with."""
            from rnnops.runtime.text_classifier import TextClassifier

            artifacts = context.artifacts  # a restored champion may be older than the runtime
            before = [artifacts.get(name) for name in ("featurizer", "network", "decision")]
            paths = [artifacts["classifier"]] if "classifier" in artifacts else before
            self.classifier = TextClassifier.load(*paths)
            self.log = None
            with suppress(ModuleNotFoundError):  # a restored champion's code may be older than it
                from rnnops.monitoring.prediction_log import PredictionLog

                self.log = PredictionLog.from_environment(*registered_as(context))

        def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201, ARG002
            """One row a text, in order; `model_input` is a frame with the texts in its column."""
            texts = model_input.iloc[:, 0].tolist()
            predictions = self.classifier.predict(texts)
            if self.log:
                self.log.append(texts, predictions)
            return predictions


def registered_as(context: PythonModelContext) -> tuple[str, str]:
    """Name and version of the model, as MLflow wrote them beside a version that it fetched."""
    folder = next(
        parent
        for parent in Path(next(iter(context.artifacts.values()))).parents
        if (parent / "MLmodel").exists()
    )
    written = folder / REGISTERED_MODEL_META_FILE_NAME
    if not written.exists():
        return "unregistered", (Model.load(folder).metadata or {}).get("identity", "")[:12]
    found = YAML(typ="safe").load(written)
    return found["model_name"], str(found["model_version"])


mlflow.models.set_model(TextModel())
