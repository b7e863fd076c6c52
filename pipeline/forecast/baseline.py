"""Forecast the validation and the test part by statistical methods, from the values before each."""

import sys
import time

from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.forecasting.params import StatisticalMethods
from rnnops.forecasting.parts import read_parts
from rnnops.forecasting.saved_forecasts import save_forecasts
from rnnops.forecasting.statistical import forecast_statistically


def main() -> str:
    params = load_params()[StatisticalMethods]
    known = {
        layout.VALIDATION: read_parts(layout.TRAIN),
        layout.TEST: read_parts(layout.TRAIN, layout.VALIDATION),
    }
    with files.atomic_folder(layout.BASELINE) as folder:
        for method in params.methods:
            started, found = time.perf_counter(), {}
            for part, series in known.items():
                found[part] = forecast_statistically(series, method, params.processes)
            place = folder / method
            place.mkdir()
            save_forecasts(
                {part: forecasts for part, (forecasts, _) in found.items()},
                {part: fallbacks for part, (_, fallbacks) in found.items()},
                place,
            )
            seconds = time.perf_counter() - started
            print(f"{method}: {seconds:.0f} s", file=sys.stderr, flush=True)
    return (
        f"baseline: {len(params.methods)} methods forecast {len(known[layout.TEST]):,} series "
        "from two origins"
    )


if __name__ == "__main__":
    run_stage(main)
