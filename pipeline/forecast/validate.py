"""Stop the pipeline when the series are not what the dataset's entry in the catalog declares."""

import sys

import pandas as pd

from rnnops.catalog.params import Data
from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.forecasting.datasets import chosen_series
from rnnops.forecasting.series import from_frame, least_length
from rnnops.forecasting.series_expectations import validate_series
from rnnops.validate import validation_report
from rnnops.validate.data_docs import render_page


def main() -> str:
    params = load_params()
    values = files.read_parquet(layout.SERIES)
    values.insert(0, "id", values["series"] + " " + values["period"])
    least = {each.name: least_length(each.season, each.horizon) for each in from_frame(values)}
    ingest = files.read_json(layout.INGEST_REPORT)
    expect = chosen_series(params).expect.model_dump()
    results = validate_series(values, pd.Series(least), ingest, expect)
    report = validation_report.describe(results, values, params[Data].dataset, of="values")
    failures = validation_report.list_failures(report)
    files.write_json(report, layout.VALIDATION_REPORT)
    with files.atomic_folder(layout.DATA_DOCS) as folder:
        files.write_text(render_page(report, failures, results), folder / "index.html")
    print(*failures, sep="\n", end="\n" * bool(failures), file=sys.stderr, flush=True)
    return validation_report.summarise(report)


if __name__ == "__main__":
    run_stage(main)
