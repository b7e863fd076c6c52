"""The commands that show results: `summary`, `seeds`, `lineage`, `repair` and `ui`."""

import os
import sys
from typing import Annotated

import typer

from rnnops.cli.options import Dataset
from rnnops.cli.tables import format_metric, print_table
from rnnops.core import layout
from rnnops.core.console import note
from rnnops.core.errors import InputError


def summary() -> None:
    """Print the last evaluation, how a message gets its label, and where to look next.

    A message gets its most probable label. If the dataset's entry in params.yaml has `positive`, a
    threshold caps that label's false positives instead.
    """
    from rnnops.catalog.params import Data
    from rnnops.core.files import read_json
    from rnnops.core.params import load_params
    from rnnops.core.tasks import FORECAST, NEXT_WORD, SEQUENCES

    params = load_params()
    if params.task == NEXT_WORD:
        from rnnops.cli.language import print_summary

        print_summary(params[Data].dataset)
        return
    if params.task == FORECAST:
        from rnnops.cli.forecasts import print_forecasts

        print_forecasts(params[Data].dataset)
        return
    if params.task == SEQUENCES:
        from rnnops.cli.sequences import print_results

        print_results(params[Data].dataset)
        return
    from rnnops.metrics.evaluation import BASELINE, HALVES, LINEAR, NETWORK
    from rnnops.metrics.intervals import METHOD
    from rnnops.report.decision_rule import describe_decision_rule, describe_shortage
    from rnnops.report.results import Results

    results, registered = Results.read(), read_json(layout.REGISTER_REPORT)
    rule = describe_decision_rule(
        results.positive, results.thresholds[NETWORK], results.max_false_positive_rate
    )
    shortage = describe_shortage(
        results.positive, results.max_false_positive_rate, read_json(layout.SPLIT_REPORT)
    )
    measured, names = results.metrics[layout.TEST], results.classifiers
    columns = {model: names[model] for model in (NETWORK, *HALVES) if model in names}
    if LINEAR in columns:  # which is the baseline
        columns[LINEAR] += f", the {BASELINE}"
    else:
        columns[results.best_baseline] = BASELINE
    print_table(
        [
            {
                f"{results.dataset}, test split": key,
                **{
                    shown: format_metric(key, measured[model][key])
                    for model, shown in columns.items()
                },
            }
            for key in measured[NETWORK]
        ]
    )
    print()
    print_table(
        [
            {
                "test split": shown,
                **{key: format_metric(key, measured[model][key]) for key in results.compared},
            }
            for model, shown in names.items()
        ]
    )
    print(
        f"\nbaseline    {names[results.best_baseline]}, the best on the validation split\n"
        + f"rule        {rule} {shortage}".rstrip()
        + f"\nvalidation  {results.describe_optimism()}\n"
        f"intervals   95%. {METHOD}\n"
        f"registered  {registered['model']} version {registered['version']}, "
        f"gate: {registered['verdict']}\n"
        f"test split  has measured {registered['experiments_on_test_split']:,} experiments; choose "
        "on the validation split\n"
        f"report      {layout.REPORT}\n"
        f"plots       {layout.PLOTS}/*.png, or: dvc plots show --open\n"
        "MLflow UI   make ui\n"
        "classify    .venv/bin/rnnops predict FILE…; e-mails to try: examples/*.eml"
    )
    if (named := params[Data].dataset) != results.dataset:
        note(f"{layout.PARAMS} names {named} now: `dvc repro` evaluates it")


def seeds(dataset: Dataset = None) -> None:
    """Summarise the runs of the present parameters over their seeds: mean and deviation."""
    from rnnops.core.numbers import format_number
    from rnnops.metrics.metrics import metric_of
    from rnnops.seeds.runs import summarise

    runs, summary, parent = summarise(dataset)
    columns = ("mean", "standard_deviation", "baseline")
    for split, measured in summary.items():
        print_table(
            [
                {
                    f"{split} split": key,
                    **{
                        column: format_number(each[column], decimals=metric_of(key).decimals)
                        for column in columns
                    },
                    "network - baseline": format_metric(key, each["difference"]),
                }
                for key, each in measured.items()
            ]
        )
        print()
    print(f"{len(runs)} seeds: {', '.join(map(str, sorted(runs)))}; MLflow run {parent}")


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


def ui(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 5000,
) -> None:
    """Serve the MLflow UI of the project's own store, or print the address of the server in use."""
    from rnnops.core.params import load_params
    from rnnops.registry.mlflow_pages import VIEW_QUERY, describe_experiment
    from rnnops.registry.task import task_of
    from rnnops.tracking import store
    from rnnops.tracking.run_names import experiment_of

    params, client = load_params(), store.connect()
    experiment = store.experiment_id(client, experiment_of(params))
    describe_experiment(client, experiment, task_of(params).experiment_page())
    address = store.shown_uri() if store.is_server() else f"http://127.0.0.1:{port}"
    if not store.is_server():
        _require_free(port)
    print(f"runs: {address.rstrip('/')}/#/experiments/{experiment}/runs?{VIEW_QUERY}", flush=True)
    if not store.is_server():
        mlflow = [sys.executable, "-m", "mlflow"]
        # MLflow's job workers judge language models; without them a fifth of the memory does.
        os.environ.setdefault("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false")
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
