"""Stop the pipeline when the documents are not what the dataset's entry in the catalog declares."""

from rnnops.catalog.params import Data, chosen_dataset
from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.validate.conclusion import conclude
from rnnops.validate.expectations import validate_documents


def main() -> str:
    params = load_params()
    documents = files.read_parquet(layout.MESSAGES)
    ingest = files.read_json(layout.INGEST_REPORT)
    results = validate_documents(documents, ingest, chosen_dataset(params).expect)
    return conclude(results, documents, params[Data].dataset, of="documents")


if __name__ == "__main__":
    run_stage(main)
