"""The command line: classify messages, summarise the pipeline, promote models, open MLflow."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from rnnops.cli.classify import explain, predict
from rnnops.core import layout
from rnnops.core.console import fail, note
from rnnops.core.errors import InputError

Reason = Annotated[str | None, typer.Option(help="Kept with the decision.")]
Dataset = Annotated[str | None, typer.Option(help="Dataset of the catalog; default: data.dataset.")]
CLASSIFYING = "Classify"
MODELS = "Models and decisions"
RESULTS = "Results and lineage"
KEEP = "keep it: git add models && git commit && dvc push"

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


def command(group: str, broken_lock: bool = False) -> Callable[[Callable], Callable]:
    """Register a function under `group` in `--help`; an `InputError` becomes one line, status 1.

    Args:
        broken_lock: whether it runs with a dvc.lock that is not whole.
    """

    def register(function: Callable) -> Callable:
        @wraps(function)
        def run(*arguments: object, **options: object) -> None:
            from rnnops.lineage.repair import require_whole

            try:
                if not broken_lock:
                    require_whole()
                function(*arguments, **options)
            except InputError as error:
                fail(error)

        return app.command(rich_help_panel=group)(run)

    return register


command(CLASSIFYING)(predict)
command(CLASSIFYING)(explain)


@command(RESULTS)
def summary() -> None:
    """Print the last evaluation, how a message gets its label, and where to look next.

    A message gets its most probable label. If the dataset's entry in params.yaml has `positive`, a
    threshold caps that label's false positives instead.
    """
    from rnnops.catalog.params import Data
    from rnnops.core.files import read_json
    from rnnops.core.params import load_params
    from rnnops.report.decision_rule import describe_decision_rule

    results, registered = read_json(layout.RESULTS), read_json(layout.REGISTER_REPORT)
    measured, dataset = results[layout.TEST], results["dataset"]
    rule = describe_decision_rule(
        results["positive"], results["threshold"], results["max_false_positive_rate"]
    )
    shown = [name for name in measured["network"] if not name.startswith("macro_")]
    _print_table(
        [
            {
                f"{dataset}, test split": name,
                **{m: _interval(measured[m][name]) for m in ("network", "baseline")},
            }
            for name in (shown if len(shown) > 6 else measured["network"])
        ]
    )
    print(
        f"rule        {rule}\n"
        f"registered  {registered['model']} version {registered['version']}, "
        f"gate: {registered['verdict']}\n"
        f"report      {layout.REPORT}\n"
        f"plots       {layout.PLOTS}/*.png, or: dvc plots show --open\n"
        "MLflow UI   make ui\n"
        "classify    .venv/bin/rnnops predict FILE…; e-mails to try: examples/*.eml"
    )
    if (named := load_params()[Data].dataset) != dataset:
        note(f"params.yaml names {named} now: `dvc repro` evaluates it")


@command(RESULTS)
def seeds(dataset: Dataset = None) -> None:
    """Summarise the runs of the present parameters over their seeds: mean and deviation."""
    from rnnops.seeds.runs import summarise

    runs, summary, parent = summarise(dataset)
    columns = ("mean", "standard_deviation", "baseline")
    for split, measured in summary.items():
        _print_table(
            [
                {
                    f"{split} split": name,
                    **{
                        column: "undefined" if each[column] is None else each[column]
                        for column in columns
                    },
                    "network - baseline": _interval(each["difference"]),
                }
                for name, each in measured.items()
            ]
        )
        print()
    print(f"{len(runs)} seeds: {', '.join(map(str, sorted(runs)))}; MLflow run {parent}")


@command(MODELS)
def promote(
    version: Annotated[
        str | None, typer.Argument(help="Its number; default: the newest that passed the gate.")
    ] = None,
    force: Annotated[
        bool, typer.Option(help="Promote without a passing verdict; needs --reason.")
    ] = False,
    reason: Reason = None,
    dataset: Dataset = None,
) -> None:
    """Make a version that passed the gate the champion."""
    from rnnops.catalog.params import Data, load_params_for
    from rnnops.gate.params import Gate
    from rnnops.registry import promotion, reconciliation, versions
    from rnnops.tracking import store

    params = load_params_for(dataset)
    name = versions.model_name(params[Data].dataset)
    client = store.connect()
    decision = promotion.promote(client, name, version, params[Gate], force=force, reason=reason)
    print(f"version {decision.version} is the champion of {name}: {decision.reason}")
    decisions = reconciliation.read_decisions(client, name)
    others = promotion.list_verdicts(client, name, decisions, params[Gate])
    del others[decision.version]
    if others:
        print(f"other versions: {promotion.describe_verdicts(others)}")
    print(KEEP)


@command(MODELS)
def rollback(reason: Reason = None, dataset: Dataset = None) -> None:
    """Make the previous champion the champion again."""
    from rnnops.registry import promotion, versions
    from rnnops.tracking import store

    name, client = _model_name(dataset), store.connect()
    decision = promotion.rollback(client, name, reason)
    number = versions.describe_number(client, name, decision.version, decision.identity)
    print(f"version {number} is the champion of {name} again: {decision.reason}")
    print(KEEP)


@command(MODELS)
def history(dataset: Dataset = None) -> None:
    """List who made which version the champion, when, why and by which numbers."""
    from rnnops.registry import reconciliation, versions
    from rnnops.tracking import store

    name = _model_name(dataset)
    client = store.connect()
    decisions = reconciliation.reconcile(client, name)
    if not decisions:
        print(f"{name} has had no champion yet: `rnnops promote` makes one")
        return
    _print_table(
        [
            {
                "": str(each.number),
                "when": each.when,
                "who": each.who,
                "what": f"{each.action} {'(forced) ' if each.forced else ''}"
                f"{versions.describe_number(client, name, each.version, each.identity)}",
                "why": each.reason,
                "numbers": _numbers(each.numbers),
            }
            for each in decisions
        ]
    )


@command(MODELS)
def sync() -> None:
    """Register the runs, versions, verdicts and champion that git and DVC have and MLflow lacks."""
    from rnnops.registry.sync import sync

    for line in sync():
        print(line)


@command(RESULTS)
def lineage(
    thing: Annotated[
        str,
        typer.Argument(
            metavar="THING",
            help=f"{layout.NETWORK} or another output or a file in one, MODEL/VERSION, MODEL@ALIAS "
            "or a run id.",
        ),
    ],
) -> None:
    """Show where a file, a model version or a run comes from, back to the raw data and commit."""
    from rnnops.lineage.trace import trace

    rows = trace(thing)
    width = max(len(subject) for subject, _ in rows)
    for subject, text in rows:
        print(f"{subject:{width}}  {text}")


@command(RESULTS, broken_lock=True)
def repair(
    check: Annotated[
        bool, typer.Option(help="Repair nothing; fail if dvc.lock is broken.")
    ] = False,
) -> None:
    """Restore dvc.lock from git after DVC was stopped while it wrote it."""
    from rnnops.lineage import repair as lock

    if check:
        lock.require_whole()
    else:
        print(lock.repair())


@command(RESULTS)
def ui(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 5000,
) -> None:
    """Serve the MLflow UI of the project's own store, or print the address of the server in use."""
    from rnnops.catalog.params import Data
    from rnnops.core.params import load_params
    from rnnops.registry.mlflow_pages import VIEW_QUERY, describe_experiment
    from rnnops.tracking import store

    dataset, client = load_params()[Data].dataset, store.connect()
    experiment = store.experiment_id(client, dataset)
    describe_experiment(client, experiment)
    address = store.shown_uri() if store.is_server() else f"http://127.0.0.1:{port}"
    if not store.is_server():
        _require_free(port)
    print(f"runs: {address.rstrip('/')}/#/experiments/{experiment}/runs?{VIEW_QUERY}", flush=True)
    if not store.is_server():
        mlflow = [sys.executable, "-m", "mlflow"]
        server = ["server", "--backend-store-uri", store.tracking_uri(), "--port", str(port)]
        os.execv(sys.executable, [*mlflow, *server])  # noqa: S606


def _require_free(port: int) -> None:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server itself does
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise InputError(
                f"port {port} is in use on this machine: `rnnops ui --port {port + 1}`"
            ) from None


def _model_name(dataset: str | None) -> str:
    from rnnops.catalog.params import Data, load_params_for
    from rnnops.registry.versions import model_name

    return model_name(load_params_for(dataset)[Data].dataset)


def _numbers(check: dict[str, Any]) -> str:
    if not check or check["low"] is None:
        return ""
    return f"{check['name']} {check['difference']:+.4f} [{check['low']:+.4f}, {check['high']:+.4f}]"


def _interval(metric: dict[str, float | None]) -> str:
    if metric["value"] is None:
        return "undefined"
    if metric["low"] is None:
        return f"{metric['value']:.4f}"
    return f"{metric['value']:.4f}  [{metric['low']:.4f}, {metric['high']:.4f}]"


def _print_table(rows: list[dict[str, object]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from rnnops.core.bidi import isolate

    table = Table(*rows[0], box=None, header_style="bold")
    for row in rows:
        values = (f"{v:.4f}" if isinstance(v, float) else str(v) for v in row.values())
        table.add_row(*(Text(isolate(value)) for value in values))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def main() -> None:
    """Entry point of the `rnnops` command."""
    app()
