"""The published model as MLflow runs it: this file is its code, nothing in it is pickled."""

import warnings

import mlflow
from mlflow.pyfunc import PythonModel, PythonModelContext

# MLflow advises type hints for `predict` whenever it reads the class, but would put the signature
# that it infers from them in place of ours, which names the columns.
with warnings.catch_warnings(record=True):

    class TextModel(PythonModel):
        """Raw text in; a frame with `label`, `probability` and `p_<label>` columns out."""

        def load_context(self, context: PythonModelContext) -> None:
            """Read the files the model was published with."""
            from rnnops.runtime.text_classifier import TextClassifier

            self.classifier = TextClassifier.load(
                context.artifacts["featurizer"],
                context.artifacts["network"],
                context.artifacts["decision"],
            )

        def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201, ARG002
            """One row a text, in order; `model_input` is a frame with the texts in its column."""
            return self.classifier.predict(model_input.iloc[:, 0])


mlflow.models.set_model(TextModel())
