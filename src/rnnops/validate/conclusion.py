"""How the stage `validate` ends: what it writes, prints and answers about the results."""

import sys

import pandas as pd
from great_expectations.core import ExpectationSuiteValidationResult

from rnnops.core import files, layout
from rnnops.validate import validation_report
from rnnops.validate.data_docs import render_page


def conclude(
    results: list[ExpectationSuiteValidationResult],
    rows: pd.DataFrame,
    dataset: str,
    of: str = validation_report.MESSAGES,
) -> str:
    """Write reports/validation.json and the data docs, print what failed, return it all in a line.

    Args:
        rows: that the expectations are about.
        of: what they are, in the plural.

    Raises:
        InputError: when a critical expectation failed.
    """
    report = validation_report.describe(results, rows, dataset, of)
    failures = validation_report.list_failures(report)
    files.write_json(report, layout.VALIDATION_REPORT)
    with files.atomic_folder(layout.DATA_DOCS) as folder:
        files.write_text(render_page(report, failures, results), folder / "index.html")
    print(*failures, sep="\n", end="\n" * bool(failures), file=sys.stderr, flush=True)
    return validation_report.summarise(report)
