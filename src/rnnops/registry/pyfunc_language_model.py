"""The published language model as MLflow runs it: this file is its code, nothing is pickled."""

import warnings

import mlflow
from mlflow.pyfunc import PythonModel, PythonModelContext

# As in pyfunc_model.py: MLflow's advice on type hints would replace our signature.
with warnings.catch_warnings(record=True):

    class LanguageModel(PythonModel):
        """Raw text in; a frame with how surprising it is, and the word that comes next, out."""

        def load_context(self, context: PythonModelContext) -> None:
            """Read the files the model was published with."""
            from rnnops.runtime.text_language_model import TextLanguageModel

            self.model = TextLanguageModel.load(context.artifacts["language_model"])

        def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201, ARG002
            """One row a text, in order: words, unknown_words, bits, next_word, probability."""
            return self.model.predict(model_input.iloc[:, 0].tolist())


mlflow.models.set_model(LanguageModel())
