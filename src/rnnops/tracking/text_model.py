"""The published model as MLflow runs it: this file is its code, nothing in it is pickled."""

import mlflow
import pandas as pd
from mlflow.pyfunc import PythonModel, PythonModelContext


class TextModel(PythonModel):
    """Raw text in; a frame with `label`, `probability` and `p_<label>` columns out."""

    def load_context(self, context: PythonModelContext) -> None:
        """Read the files the model was published with."""
        from rnnops.models.text_classifier import TextClassifier

        self.classifier = TextClassifier.load(
            context.artifacts["featurizer"],
            context.artifacts["network"],
            context.artifacts["decision"],
        )

    def predict(self, model_input: list[str]) -> pd.DataFrame:
        """One row a text, in order."""
        return self.classifier.predict(model_input)


mlflow.models.set_model(TextModel())
