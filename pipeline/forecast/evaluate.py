"""Measure all models, the published one as it is, on the validation and the test split."""

from pathlib import Path

from rnnops.catalog.params import Data
from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.forecast.evaluation import NETWORK
from rnnops.forecast.models import best_method, measure, read_methods
from rnnops.forecast.report import write_report
from rnnops.forecast.results import Results
from rnnops.forecast.rolling import roll
from rnnops.forecast.scores_table import scores_table
from rnnops.forecasting.params import EvaluateForecasts
from rnnops.forecasting.parts import read_parts
from rnnops.forecasting.saved_forecasters import SavedForecasters
from rnnops.forecasting.saved_forecasts import count_fallbacks
from rnnops.runtime.table_forecaster import TableForecaster


def main() -> str:
    params = load_params()
    evaluate = params[EvaluateForecasts]
    networks, methods = SavedForecasters.load(layout.NETWORK), read_methods()
    whole = {
        layout.VALIDATION: read_parts(layout.TRAIN, layout.VALIDATION),
        layout.TEST: read_parts(*layout.SPLIT_NAMES),
    }
    measured = measure(networks, methods, whole, evaluate)
    results = Results.of(
        measured.evaluations,
        whole[layout.TEST],
        params[Data].dataset,
        best_method(measured.evaluations[layout.VALIDATION], methods),
        measured.combined,
        {name: count_fallbacks(layout.TEST, Path(layout.BASELINE) / name) for name in methods},
        roll(networks.validators, whole[layout.VALIDATION]),
    )
    TableForecaster(networks.forecasters).save(layout.FORECASTER)
    results.write()
    files.write_json(results.metrics[layout.TEST], layout.METRICS)
    files.write_parquet(scores_table(whole[layout.TEST], measured.evaluations), layout.PREDICTIONS)
    forecasts = measured.forecasts[layout.TEST][NETWORK]
    write_report(results, whole[layout.TEST], forecasts, evaluate.examples)
    return f"evaluate: {results.describe(layout.VALIDATION)}; test split: {layout.REPORT}"


if __name__ == "__main__":
    run_stage(main)
