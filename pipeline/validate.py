"""Stop the pipeline when the messages are not what the dataset's entry in the catalog declares."""

import sys

from rnnops.core import config, files
from rnnops.core.console import run_stage
from rnnops.core.errors import InputError
from rnnops.validate import expectations, validation_report
from rnnops.validate.data_docs import render_page


def main() -> str:
    params = config.load()
    messages = files.read_parquet("data/raw/messages.parquet")
    ingest = files.read_json("reports/ingest.json")
    results = expectations.validate(messages, ingest, params.dataset, params.split)
    report = validation_report.describe(results, messages, params.data.dataset)
    failures = validation_report.failures(report)
    files.write_json(report, "reports/validation.json")
    with files.atomic_folder("reports/data_docs") as folder:
        files.write_text(render_page(report, failures, results), folder / "index.html")
    print(*failures, sep="\n", end="\n" * bool(failures), file=sys.stderr, flush=True)
    critical, warnings = report["failed"]["critical"], report["failed"]["warning"]
    if critical:
        raise InputError(
            f"{critical} critical expectation{'s' * (critical > 1)} failed on {len(messages):,} "
            "messages: see reports/data_docs/index.html"
        )
    met = f"{report['expectations'] - warnings} of {report['expectations']} expectations"
    return f"validate: {len(messages):,} messages meet {met}"


if __name__ == "__main__":
    run_stage(main)
