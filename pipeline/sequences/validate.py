"""Stop the pipeline when the sequences are not what the dataset's entry in the catalog declares."""

from rnnops.catalog.params import Data
from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.sequences.datasets import chosen_sequences
from rnnops.sequences.expectations import OF, validate_sequences
from rnnops.sequences.sequences import Sequences
from rnnops.split.params import Split
from rnnops.validate.conclusion import conclude


def main() -> str:
    params = load_params()
    rows = files.read_parquet(layout.SEQUENCES)
    ingest = files.read_json(layout.INGEST_REPORT)
    sequences, dataset = Sequences.from_frame(rows), chosen_sequences(params)
    results = validate_sequences(sequences, ingest, dataset, params[Split])
    return conclude(results, rows, params[Data].dataset, of=OF)


if __name__ == "__main__":
    run_stage(main)
