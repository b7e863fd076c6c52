"""Stop the pipeline when the documents are not what the dataset's entry in the catalog declares."""

import sys

from rnnops.catalog.params import Data, chosen_dataset
from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.validate import validation_report
from rnnops.validate.data_docs import render_page
from rnnops.validate.expectations import validate_documents


def main() -> str:
    params = load_params()
    documents = files.read_parquet(layout.MESSAGES)
    ingest = files.read_json(layout.INGEST_REPORT)
    results = validate_documents(documents, ingest, chosen_dataset(params).expect)
    report = validation_report.describe(results, documents, params[Data].dataset)
    failures = validation_report.list_failures(report)
    files.write_json(report, layout.VALIDATION_REPORT)
    with files.atomic_folder(layout.DATA_DOCS) as folder:
        files.write_text(render_page(report, failures, results), folder / "index.html")
    print(*failures, sep="\n", end="\n" * bool(failures), file=sys.stderr, flush=True)
    return validation_report.summarise(report)


if __name__ == "__main__":
    run_stage(main)
