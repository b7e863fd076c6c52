"""Tables and numbers as the commands print them."""

import sys
from typing import Any

import typer

from rnnops.core.numbers import format_probability


class StreamedTable:
    """A table that is printed while its rows are computed; its columns widen with their cells."""

    def __init__(self, *header: str) -> None:
        self.header: tuple[str, ...] | None = header
        self.widths = [len(name) for name in header]

    def print(self, rows: list[tuple[object, ...]]) -> None:
        """Print `rows`, the first time below the header."""
        from rich.cells import cell_len

        from rnnops.core.bidi import isolate

        shown = [[isolate(_format_cell(value)) for value in row] for row in rows]
        columns = zip(self.widths, *shown, strict=True)
        self.widths = [max(width, *map(cell_len, cells)) for width, *cells in columns]
        for row in shown if self.header is None else [self.header, *shown]:
            cells = (
                cell + " " * (width - cell_len(cell))
                for cell, width in zip(row, self.widths, strict=True)
            )
            typer.secho("  ".join(cells).rstrip(), bold=row is self.header or None)
        self.header = None


def print_table(rows: list[dict[str, object]]) -> None:
    """Print `rows` below the keys of the first, if any; 160 columns wide unless on a terminal."""
    if not rows:
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from rnnops.core.bidi import isolate

    table = Table(*rows[0], box=None, header_style="bold")
    for row in rows:
        table.add_row(*(Text(isolate(_format_cell(value))) for value in row.values()))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def format_metric(key: str, measured: dict[str, Any]) -> str:
    """A metric of results with its interval, with the metric's decimals."""
    from rnnops.metrics.measured import format_measured
    from rnnops.metrics.metrics import metric_of

    return format_measured(measured, decimals=metric_of(key).decimals)


def _format_cell(value: object) -> str:
    return format_probability(value) if isinstance(value, float) else str(value)
