"""The commands that watch a model in production: `monitor` and `drift`."""

from pathlib import Path
from typing import Annotated

import typer

from rnnops.cli.classify import Lines, TextColumn
from rnnops.cli.tables import format_metric, print_table
from rnnops.core import layout
from rnnops.core.errors import InputError

Log = Annotated[Path, typer.Option(help="The folder of the prediction log.")]
Days = Annotated[int | None, typer.Option(min=1, help="Only the last so many days.")]


def monitor(
    log: Log = Path(layout.PREDICTION_LOG),
    days: Days = None,
    output: Annotated[Path, typer.Option(help="The page to write.")] = Path(layout.MONITOR_REPORT),
) -> None:
    """Print precision and recall in production by week and version, and write a page.

    Predictions are logged by `rnnops predict --log` and by models that run with
    RNNOPS_PREDICTION_LOG=FOLDER. Labels are those that `rnnops add` brings.
    """
    from rnnops.catalog.params import Data, chosen_dataset
    from rnnops.core.files import write_text
    from rnnops.core.params import load_params
    from rnnops.feedback.known_messages import read_known, with_clusters
    from rnnops.ingest.additions import find_additions, read_additions
    from rnnops.monitoring.prediction_log import read_log
    from rnnops.monitoring.production import measure_weeks
    from rnnops.monitoring.production_page import render_production
    from rnnops.registry.versions import model_name

    params = load_params()
    dataset, positive = params[Data].dataset, chosen_dataset(params).positive
    name = model_name(dataset)
    logged = read_log(log, name, days)
    if logged.empty:
        raise InputError(
            f"{log} has no prediction of {name}: `rnnops predict --log` keeps some, and so does a "
            "model with RNNOPS_PREDICTION_LOG set"
        )
    known = with_clusters(read_known(dataset, read_additions(find_additions(dataset))))
    weeks = measure_weeks(logged, known, sorted(set(known["label"])), positive)
    print_table(
        [
            {
                "week": week.week,
                "version": week.version,
                "predictions": f"{week.predictions:,}",
                "labelled": f"{week.labelled:,}",
                **{f"called {name}": f"{100 * share:.1f}%" for name, share in week.shares.items()},
                **{key: format_metric(key, each.to_json()) for key, each in week.metrics.items()},
            }
            for week in weeks
        ]
    )
    write_text(render_production(name, weeks, positive), output)
    print(f"written to {output}")


def drift(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE…", help="As for `rnnops predict`; none: the prediction log."),
    ] = None,
    text: TextColumn = None,
    lines: Lines = False,
    labelled: Annotated[
        bool, typer.Option("--labelled", help="The files have labels; read as by `rnnops add`.")
    ] = False,
    added: Annotated[
        bool, typer.Option("--added", help="What `rnnops add` has added since the last training.")
    ] = False,
    log: Log = Path(layout.PREDICTION_LOG),
    days: Days = None,
    output: Annotated[
        Path, typer.Option(help="The page to write; a .json of the same name has the numbers.")
    ] = Path(layout.DRIFT_REPORT),
) -> None:
    """Compare new messages with those that the model was made from.

    Exit status 0: no drift, 1: a warning (or an error), 2: drift that asks for a new model.
    """
    from rnnops.catalog.params import Data
    from rnnops.core.params import load_params
    from rnnops.feedback.known_messages import read_unlearnt

    params = load_params()
    name = params[Data].dataset
    new = read_unlearnt(name) if added else None
    if new is not None and new.empty:
        print(f"{name}: nothing was added since the last training, there is nothing to compare")
        return

    from rnnops.cli.drift_inputs import describe_added, read_files, read_logged
    from rnnops.core.files import write_json, write_text
    from rnnops.monitoring import drift_page
    from rnnops.monitoring.drift import Level
    from rnnops.monitoring.drift_report import compare_with_reference
    from rnnops.monitoring.params import Drift
    from rnnops.runtime.text_classifier import TextClassifier

    classifier = TextClassifier.load(layout.CLASSIFIER)
    if new is not None:
        found = describe_added(new, params, classifier)
    elif files:
        found = read_files(files, text, lines, labelled, params, classifier)
    else:
        found = read_logged(log, days, params, classifier)
    report = compare_with_reference(found.messages, classifier, found.schema, params[Drift])
    print_table(
        [
            {
                f"{name}, trait": each["trait"],
                "p, adjusted": each["p"],
                "what differs most, reference → new": drift_page.describe_changes(each, 3),
            }
            for each in report["findings"]
        ]
    )
    for line in drift_page.describe_estimates(report):
        print(line)
    write_json(report, output.with_suffix(".json"))
    write_text(drift_page.render_drift(report, name, params[Drift]), output)
    print(f"{report['verdict']}: {report['reason']}; written to {output}")
    raise typer.Exit(Level[report["verdict"].upper()])
