"""Stop the pipeline when the messages are not what the dataset's entry in the catalog declares."""

from rnnops.catalog.params import Data, chosen_dataset
from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.split.params import Split
from rnnops.validate import expectations
from rnnops.validate.conclusion import conclude


def main() -> str:
    params = load_params()
    messages = files.read_parquet(layout.MESSAGES)
    ingest = files.read_json(layout.INGEST_REPORT)
    results = expectations.validate(messages, ingest, chosen_dataset(params), params[Split])
    return conclude(results, messages, params[Data].dataset)


if __name__ == "__main__":
    run_stage(main)
