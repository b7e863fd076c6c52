"""The `rnnops` command: its commands by group, as `--help` shows them."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated

import typer

from rnnops.cli import (
    classify,
    forecasts,
    labels,
    language,
    models,
    production,
    results,
    retraining,
    review,
    serve,
)
from rnnops.core.console import collect_garbage_rarely, fail
from rnnops.core.errors import InputError

COMMANDS: dict[str, tuple[Callable[..., None], ...]] = {
    "Classify": (classify.predict, classify.explain, serve.serve),
    "Next word": (language.complete,),
    "Forecasts": (forecasts.forecast,),
    "Messages and labels": (labels.add, review.suspects, review.pick),
    "Results and lineage": (
        results.summary,
        results.seeds,
        results.lineage,
        results.repair,
        results.ui,
    ),
    "Production": (production.monitor, production.drift),
    "Retraining": (retraining.fetch, retraining.propose),
    "Models and decisions": (models.promote, models.rollback, models.history, models.sync),
}

# They do without dvc.lock, which may be broken.
WITHOUT_PIPELINE: tuple[Callable[..., None], ...] = (
    results.repair,
    classify.predict,
    classify.explain,
    language.complete,
    forecasts.forecast,
    serve.serve,
)

# They read texts, which time series and sequences of numbers lack.
FOR_TEXTS: tuple[Callable[..., None], ...] = (
    *COMMANDS["Messages and labels"],
    *COMMANDS["Production"],
    classify.explain,
    results.seeds,
    serve.serve,
)

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"rnnops {version('rnnops')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_print_version, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Classify messages, inspect results, promote models."""


def _require_texts(command: str) -> None:
    from rnnops.core.tasks import FOLDERS, FORECAST, SEQUENCES

    folder = Path.cwd().resolve().as_posix()
    if folder.endswith(tuple(f"/{FOLDERS[task]}" for task in (FORECAST, SEQUENCES))):
        raise InputError(f"`rnnops {command}` is for texts: run it in the project's own folder")


def _with_one_line_errors(function: Callable[..., None]) -> Callable[..., None]:
    """The command `function`: an `InputError` becomes one line and exit status 1."""

    @wraps(function)
    def run(*arguments: object, **options: object) -> None:
        try:
            if function in FOR_TEXTS:
                _require_texts(function.__name__)
            if function not in WITHOUT_PIPELINE:
                from rnnops.lineage.repair import require_whole

                require_whole()
            function(*arguments, **options)
        except InputError as error:
            fail(error)

    return run


for group, functions in COMMANDS.items():
    for function in functions:
        app.command(rich_help_panel=group)(_with_one_line_errors(function))
conflicts = typer.Typer()
conflicts.callback(invoke_without_command=True)(_with_one_line_errors(labels.conflicts))
for decision in labels.DECISIONS:
    conflicts.command()(_with_one_line_errors(decision))
app.add_typer(conflicts, name="conflicts", rich_help_panel="Messages and labels")


def main() -> None:
    """Entry point of the `rnnops` command."""
    collect_garbage_rarely()
    app()
