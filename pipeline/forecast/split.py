"""Split each series in time: the last horizon is the test's, the one before the validation's."""

from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.forecasting.parts import describe_parts, divide
from rnnops.forecasting.series import from_frame


def main() -> str:
    series = from_frame(files.read_parquet(layout.SERIES))
    parts = divide(series)
    for name, rows in parts.items():
        files.write_parquet(rows, layout.split_file(name))
    files.write_json(describe_parts(series, parts), layout.SPLIT_REPORT)
    listed = ", ".join(f"{name} {len(rows):,}" for name, rows in parts.items())
    return f"split: {listed} values of {len(series):,} series"


if __name__ == "__main__":
    run_stage(main)
