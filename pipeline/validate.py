"""Stop the pipeline when the messages are not what the dataset's entry in the catalog declares."""

import sys

from rnnops.catalog.params import Data, chosen_dataset
from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.split.params import Split
from rnnops.validate import expectations, validation_report
from rnnops.validate.data_docs import render_page


def main() -> str:
    params = load_params()
    messages = files.read_parquet(layout.MESSAGES)
    ingest = files.read_json(layout.INGEST_REPORT)
    results = expectations.validate(messages, ingest, chosen_dataset(params), params[Split])
    report = validation_report.describe(results, messages, params[Data].dataset)
    failures = validation_report.list_failures(report)
    files.write_json(report, layout.VALIDATION_REPORT)
    with files.atomic_folder(layout.DATA_DOCS) as folder:
        files.write_text(render_page(report, failures, results), folder / "index.html")
    print(*failures, sep="\n", end="\n" * bool(failures), file=sys.stderr, flush=True)
    return validation_report.summarise(report)


if __name__ == "__main__":
    run_stage(main)
