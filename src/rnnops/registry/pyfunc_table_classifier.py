"""The published classifier of sequences as MLflow runs it: nothing in it is pickled."""

import warnings

import mlflow
from mlflow.pyfunc import PythonModel, PythonModelContext

# As in pyfunc_model.py: MLflow's advice on type hints would replace our signature.
with warnings.catch_warnings(record=True):

    class SequenceModel(PythonModel):
        """A table of sequences, a row a step, in; a frame with their labels out."""

        def load_context(self, context: PythonModelContext) -> None:
            """Read the files the model was published with."""
            from rnnops.sequences.table_classifier import TableClassifier

            self.model = TableClassifier.load(context.artifacts["table_classifier"])

        def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201, ARG002
            """A row for each sequence: sequence, label, probability and p_<label>."""
            return self.model.predict(model_input)


mlflow.models.set_model(SequenceModel())
