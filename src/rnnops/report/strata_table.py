"""All metrics by similarity to the training split as a table, for the report."""

from rnnops.metrics.metrics import metric_of, title_of
from rnnops.metrics.slices import Slices
from rnnops.report.cells import Cell, measured_cell


def strata_table(strata: dict[str, Slices]) -> tuple[list[str | Cell], list[list[str | Cell]]]:
    """The heads (metric, then each stratum by model) and a row for each metric.

    Args:
        strata: by model, from `metrics_by_stratum`.
    """
    first = next(iter(strata.values()))
    columns = [(name, model) for name in first for model in strata]
    heads: list[str | Cell] = ["Metric"]
    heads += [Cell(name, f"{first[name]['messages']:,} messages, {m}") for name, m in columns]
    metrics = [strata[model][name]["metrics"] for name, model in columns]
    rows: list[list[str | Cell]] = [
        [title_of(key), *(measured_cell(each[key], metric_of(key).decimals) for each in metrics)]
        for key in metrics[0]
    ]
    return heads, rows
