"""Stop the pipeline when the series are not what the dataset's entry in the catalog declares."""

import pandas as pd

from rnnops.catalog.params import Data
from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.forecasting.datasets import chosen_series
from rnnops.forecasting.series import from_frame, least_length
from rnnops.forecasting.series_expectations import validate_series
from rnnops.validate.conclusion import conclude


def main() -> str:
    params = load_params()
    values = files.read_parquet(layout.SERIES)
    values.insert(0, "id", values["series"] + " " + values["period"])
    least = {each.name: least_length(each.season, each.horizon) for each in from_frame(values)}
    ingest = files.read_json(layout.INGEST_REPORT)
    expect = chosen_series(params).expect.model_dump()
    results = validate_series(values, pd.Series(least), ingest, expect)
    return conclude(results, values, params[Data].dataset, of="values")


if __name__ == "__main__":
    run_stage(main)
