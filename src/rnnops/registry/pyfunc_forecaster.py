"""The published forecaster as MLflow runs it: this file is its code, nothing is pickled."""

import warnings

import mlflow
from mlflow.pyfunc import PythonModel, PythonModelContext

# As in pyfunc_model.py: MLflow's advice on type hints would replace our signature.
with warnings.catch_warnings(record=True):

    class SeriesForecaster(PythonModel):
        """A long table of series in; a frame with their forecasts and intervals out."""

        def load_context(self, context: PythonModelContext) -> None:
            """Read the files the model was published with."""
            from rnnops.runtime.table_forecaster import TableForecaster

            self.model = TableForecaster.load(context.artifacts["forecaster"])

        def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201, ARG002
            """A row for each step after a series' end: series, time, forecast, low_…, high_…."""
            return self.model.predict(model_input)


mlflow.models.set_model(SeriesForecaster())
