"""Fetch the dataset that `data.dataset` names and sort its rows into series and quarantine."""

import json

from rnnops.catalog.params import Data
from rnnops.core import files, layout
from rnnops.core.checkout import main_checkout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.forecasting.datasets import chosen_series
from rnnops.forecasting.ingest_report import summarise_series
from rnnops.forecasting.series import to_frame
from rnnops.forecasting.sources import read_dataset


def main() -> str:
    params = load_params()
    name = params[Data].dataset
    found = read_dataset(chosen_series(params), main_checkout() / layout.DOWNLOADS)
    report = summarise_series(found, name)
    lines = [json.dumps(row, ensure_ascii=False) for row in found.rejected.to_dict("records")]
    files.write_text("".join(f"{line}\n" for line in lines), layout.QUARANTINE)
    files.write_parquet(to_frame(found.series), layout.SERIES)
    files.write_json(report, layout.INGEST_REPORT)
    return (
        f"ingest: {name}, {report['series']:,} series of {report['kept']:,} values, "
        f"{report['quarantined']:,} rows quarantined, {report['filled']:,} values interpolated"
    )


if __name__ == "__main__":
    run_stage(main)
