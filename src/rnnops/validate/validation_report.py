"""What the expectations found, for reports/validation.json and for people."""

from typing import Any

import pandas as pd
from great_expectations.core import ExpectationSuiteValidationResult

from rnnops.core import layout
from rnnops.core.bidi import isolate
from rnnops.core.errors import InputError

SAMPLES = 10
MESSAGES = "messages"
# What a person who meets a failed expectation should know about the key behind it.
ADVICE = {
    "expect.min_rows": "with fewer, the validation and test splits are too small for a reliable "
    "threshold or metric; lower it to go on anyway, and add messages or change split.seed when the "
    "stage split finds a label missing",
    "expect.min_label_in_split": "with fewer the gate cannot judge; add messages, or raise that "
    "split's share",
    "expect.conflicting_labels": "fail stops here, quarantine leaves such rows out, keep trains on "
    "them",
    "read.labels": "list every value there, with one name for the spellings of one label",
}


def describe(
    results: list[ExpectationSuiteValidationResult],
    messages: pd.DataFrame,
    name: str,
    of: str = MESSAGES,
) -> dict[str, Any]:
    """What reports/validation.json says; `success` means that no critical expectation failed.

    Args:
        of: what the rows of `messages` are, in the plural.
    """
    checks = [
        _describe(outcome.to_json_dict(), messages) for run in results for outcome in run.results
    ]
    failed = [check["severity"] for check in checks if not check["success"]]
    return {
        "dataset": name,
        "success": "critical" not in failed,
        "messages": len(messages),
        "expectations": len(checks),
        "failed": {"critical": failed.count("critical"), "warning": failed.count("warning")},
        "results": checks,
    } | ({} if of == MESSAGES else {"of": of})


def list_failures(report: dict[str, Any]) -> list[str]:
    """A line for each failed expectation, critical ones first: what, how many rows, sample ids."""
    failed = [check for check in report["results"] if not check["success"]]
    failed.sort(key=lambda check: check["severity"])
    return [_failure(check, report["dataset"], rows_of(report)) for check in failed]


def rows_of(report: dict[str, Any]) -> str:
    """What the rows are that the report is on, in the plural."""
    return str(report.get("of", MESSAGES))


def summarise(report: dict[str, Any]) -> str:
    """The report in one line.

    Raises:
        InputError: when a critical expectation failed.
    """
    critical, warnings = report["failed"]["critical"], report["failed"]["warning"]
    if critical:
        raise InputError(
            f"{critical} critical expectation{'s' * (critical > 1)} failed on "
            f"{report['messages']:,} {rows_of(report)}: see {layout.DATA_DOCS}/index.html"
        )
    met = f"{report['expectations'] - warnings} of {report['expectations']} expectations"
    return f"validate: {report['messages']:,} {rows_of(report)} meet {met}"


def _failure(check: dict[str, Any], dataset: str, of: str) -> str:
    observed, ids, key = check["observed"], check["sample_ids"], check["key"]
    line = f"{check['severity']}: expected {check['expectation']}"
    if check["unexpected"] is not None:
        line += (
            f", violated by {check['unexpected']:,} {of if check['unexpected'] != 1 else of[:-1]}"
        )
        if observed and observed != ids:
            line += f" (e.g. {', '.join(map(_shown, observed[:3]))})"
    elif observed is not None:
        is_share = key == "expect.max_quarantined_share"
        line += f", found {100 * observed:.3g}%" if is_share else f", found {_number(observed)}"
    line += f": {check['detail']}" if check["detail"] else ""
    line += f"; ids {', '.join(ids)}" if ids else ""
    if key:
        advice = f": {ADVICE[key]}" if key in ADVICE else ""
        line += f"; see datasets.{dataset}.{key}{advice}"
    return line


def _number(observed: Any) -> str:
    is_whole = isinstance(observed, int | float) and observed == int(observed)
    return f"{int(observed):,}" if is_whole else str(observed)


def _shown(value: Any) -> str:
    return isolate(repr(value))


def _describe(outcome: dict[str, Any], messages: pd.DataFrame) -> dict[str, Any]:
    configuration, result = outcome["expectation_config"], outcome["result"]
    unexpected = result.get("unexpected_list")
    rows = result.get("unexpected_index_list") or []
    ids = [row["id"] for row in rows if isinstance(row, dict)]
    label = configuration["meta"].get("label")
    if label is not None and not outcome["success"] and "id" in messages:
        ids = messages.loc[messages["label"] == label, "id"].dropna().tolist()
    return {
        "expectation": configuration["description"],
        "severity": configuration["severity"],
        "success": outcome["success"],
        "observed": result.get("observed_value", unexpected and _distinct(unexpected)),
        "unexpected": result.get("unexpected_count"),
        "key": configuration["meta"].get("key"),
        "detail": configuration["meta"].get("detail", ""),
        "sample_ids": [str(message) for message in _distinct(ids)],
    }


def _distinct(values: list[Any]) -> list[Any]:
    """The first few different ones, long texts cut."""
    given = dict.fromkeys(value for value in values if value is not None)
    return [value[:80] if isinstance(value, str) else value for value in list(given)[:SAMPLES]]
