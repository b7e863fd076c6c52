"""The command `forecast`, and what `summary` says with a forecaster."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rnnops.cli.tables import print_table
from rnnops.core import layout
from rnnops.core.console import note
from rnnops.core.errors import InputError
from rnnops.forecasting.frequencies import FrequencyName

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 5  # series that a note names

Table = Annotated[
    Path, typer.Argument(metavar="FILE", help="A CSV file with a row for each value of a series.")
]
ForecastModel = Annotated[
    str | None,
    typer.Option(
        help="Folder or MLflow URI of a forecaster, such as models:/NAME/VERSION; default: the "
        "champion of pipeline/forecast, else the newest version that passed the gate."
    ),
]


def forecast(
    file: Table,
    series: Annotated[str, typer.Option(metavar="COLUMN", help="Names of series.")] = "series",
    time: Annotated[str, typer.Option(metavar="COLUMN", help="Times.")] = "time",
    value: Annotated[str, typer.Option(metavar="COLUMN", help="Values.")] = "value",
    frequency: Annotated[
        FrequencyName | None, typer.Option(help="Of the series; default: inferred from the times.")
    ] = None,
    delimiter: Annotated[str, typer.Option(help="Between columns.")] = ",",
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of CSV.")] = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Draw the first series too.")
    ] = None,
    model: ForecastModel = None,
) -> None:
    """Forecast the next values of the series in a table, with 80% and 95% intervals."""
    from rnnops.core.tasks import FORECAST, params_file
    from rnnops.forecasting.datasets import SeriesTable
    from rnnops.registry.served_model import choose_served_model
    from rnnops.runtime.table_forecaster import TableForecaster, to_table
    from rnnops.tables.table_file import read_table_file

    if plot is not None and plot.suffix.lower() != ".png":
        raise InputError(f"--plot {plot}: the name has to end in .png")
    if len(delimiter) != 1:
        raise InputError(f"--delimiter {delimiter!r}: it has to be one character")
    cells = read_table_file(file, delimiter)
    served = choose_served_model(model, params_file(FORECAST))
    print(f"model: {served}", file=sys.stderr, flush=True)
    read = SeriesTable(series=series, time=time, value=value, frequency=frequency)
    try:
        found = TableForecaster.load(served.folder).forecast(cells, read)
    except InputError as error:
        raise InputError(f"{file}: {error}") from None
    _note_what_is_left_out(found.table.rejected, found.table.filled)
    rows = to_table(found.table.series, found.forecasts)
    if plot is not None:
        from rnnops.core.files import atomic_path
        from rnnops.forecast.examples import draw_forecasts
        from rnnops.report.figure_style import to_png

        with atomic_path(plot) as place:
            place.write_bytes(to_png(draw_forecasts(found.table.series, found.forecasts)))
        print(f"plot: {plot}", file=sys.stderr, flush=True)
    if as_json:
        print(json.dumps(rows.to_dict("records"), ensure_ascii=False, indent=1))
    else:
        rows.to_csv(sys.stdout, index=False, lineterminator="\n")


def _note_what_is_left_out(rejected: "pd.DataFrame", filled: "pd.DataFrame") -> None:
    if len(rejected):
        row, reason = rejected[["row", "reason"]].iloc[0]
        note(f"rows that are left out: {len(rejected):,}; row {row}, as {reason}")
    if len(filled):
        names = list(dict.fromkeys(filled["series"]))
        listed = ", ".join(names[:SHOWN]) + ", …" * (len(names) > SHOWN)
        note(f"missing periods, interpolated: {len(filled):,}, of {listed}")


def print_forecasts(dataset: str) -> None:
    """Print the last evaluation of forecasts, and where to look next.

    Args:
        dataset: that the parameters name now.
    """
    from rnnops.core.files import read_json
    from rnnops.forecast.results import Results, shown_name
    from rnnops.metrics.measured import format_measured

    results, registered = Results.read(), read_json(layout.REGISTER_REPORT)
    test = results.metrics[layout.TEST]
    print_table(
        [
            {
                f"{results.dataset}, test split": shown_name(model),
                **{name: format_measured(test[model][name], decimals=3) for name in test[model]},
            }
            for model in results.models
        ]
    )
    members = ", ".join(map(shown_name, results.combined))
    print(
        f"\nvalidation  {results.describe(layout.VALIDATION)}\n"
        f"combination the network, averaged with the mean of {members}\n"
        f"registered  {registered['model']} version {registered['version']}, "
        f"gate: {registered['verdict']}\n"
        f"report      {Path(layout.REPORT).absolute()}\n"
        "MLflow UI   rnnops ui\n"
        "forecast    rnnops forecast FILE.csv"
    )
    if dataset != results.dataset:
        note(f"{layout.PARAMS} names {dataset} now: `dvc repro` evaluates it")
