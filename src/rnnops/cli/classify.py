"""The commands that classify messages: `predict` and `explain`."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rnnops.cli.options import Log, LogTexts
from rnnops.cli.tables import StreamedTable
from rnnops.core import layout
from rnnops.core.console import note, progress
from rnnops.core.errors import InputError

if TYPE_CHECKING:
    from rnnops.cli.inputs import NamedText
    from rnnops.monitoring.prediction_log import PredictionLog
    from rnnops.registry.served_model import ServedModel
    from rnnops.runtime.predictions import Predictions

Messages = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="FILE…",
        help="Mail (the name ends in .eml or the content starts like mail), mbox, plain text, or "
        "folders: their mail, .txt files and files without a suffix. - or none is standard input; "
        "./-name for -name.",
    ),
]
TextColumn = Annotated[
    str | None,
    typer.Option(
        "--text",
        metavar="COLUMN",
        help="The files are tables (csv, tsv, json, jsonl, parquet, xlsx, ods; also as .gz, "
        ".zst or .zip); each cell of this column is a message.",
    ),
]
Lines = Annotated[bool, typer.Option("--lines", help="Each line is a message.")]
Model = Annotated[
    str | None,
    typer.Option(
        help="Folder or MLflow URI of a model, such as models:/NAME/VERSION; default: the "
        "champion, else the newest version that passed the gate."
    ),
]
EXPLAINED = 20  # messages on a page; each takes as long as classifying some 300 of its length
EXPLAINED_CHARACTERS = 50_000
ROWS_A_PART = 10_000  # of the file of predictions: at most so many are scored again


def predict(
    files: Messages = None,
    text: TextColumn = None,
    lines: Lines = False,
    model: Model = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines instead of a table.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            help="Write the predictions to this .parquet, .csv or .jsonl file; a run that was "
            "stopped goes on where it was when it is started again."
        ),
    ] = None,
    log: Log = False,
    log_texts: LogTexts = False,
) -> None:
    """Classify messages, or sequences in tables; with a language model, say how surprising."""
    from rnnops.cli.inputs import group_into_blocks, read_texts
    from rnnops.cli.scored_blocks import score_blocks
    from rnnops.cli.sequences import classify_tables, find_table_classifier
    from rnnops.runtime.forecaster_description import is_forecaster
    from rnnops.runtime.language_description import is_language_model
    from rnnops.sequences.description import is_table_classifier

    if output is not None:
        _require_output_alone(output, as_json=as_json, log=log or log_texts)
    paths = files or [Path("-")]
    if text is None and not lines and (known := find_table_classifier(model, paths)):
        refused = log or log_texts
        classify_tables(known, paths, as_json=as_json, output=output, refused=refused)
        return
    texts = read_texts(paths, column=text, lines=lines)
    first = next(texts)  # an unreadable file is an error before the model is loaded
    served = choose_model(model)
    texts = chain([first], texts)
    if is_forecaster(served.folder):
        raise InputError(f"{served} forecasts time series: `rnnops forecast FILE.csv` uses it")
    if is_table_classifier(served.folder):
        raise InputError(f"{served} classifies sequences: `rnnops predict FILE.csv` uses it")
    if is_language_model(served.folder):
        from rnnops.cli.language import print_surprise

        refused = output is not None or log or log_texts
        print_surprise(served, texts, as_json=as_json, refused=refused)
        return
    if output is not None:
        _write_predictions(output, paths, texts, served, text=text, lines=lines)
        return
    kept = _prediction_log(served, log_texts) if log or log_texts else None
    shown = _JsonLines(served) if as_json else _Table()
    if not sys.stdout.isatty():
        texts = iter(progress(texts, "classify"))
    for block, predictions in score_blocks(served, group_into_blocks(texts)):
        ids = kept.append([text for _, text in block], predictions.to_frame()) if kept else None
        shown.print([name for name, _ in block], predictions, ids)
        sys.stdout.flush()


def explain(
    files: Messages = None,
    text: TextColumn = None,
    lines: Lines = False,
    model: Model = None,
    output: Annotated[Path, typer.Option(help="The page to write.")] = Path("explanation.html"),
) -> None:
    """Write a page that shows how each word of a message changes its probability.

    The page has at most 20 messages, and the first 50,000 characters of each.
    """
    from rnnops.cli.inputs import read_texts
    from rnnops.core.files import write_text
    from rnnops.registry.served_model import load_classifier
    from rnnops.report.explanation import explain
    from rnnops.report.explanation_page import render_explanations

    if output.is_dir():
        raise InputError(f"--output {output} is a folder: name the page, {output / 'page.html'}")
    texts = read_texts(
        files or [Path("-")], column=text, lines=lines, most_characters=EXPLAINED_CHARACTERS
    )
    chosen = list(islice(texts, EXPLAINED))
    if next(texts, None):
        note(f"only the first {EXPLAINED} messages are explained")
    classifier = load_classifier(choose_model(model))
    explained = [
        (name, explain(text, lambda parts: classifier.score(parts).to_frame()))
        for name, text in chosen
    ]
    write_text(render_explanations("Why this label", explained), output)
    StreamedTable("message", "label", "probability", "turned at").print(
        [
            (name, each.label, each.probability, " ".join(each.pieces[each.turn].split())[:40])
            for name, each in explained
        ]
    )
    print(f"written to {output}")


class _Table:
    def __init__(self) -> None:
        self.table = StreamedTable("message", "label", "probability")

    def print(
        self,
        names: Sequence[str],
        predictions: "Predictions",
        ids: Sequence[str] | None,  # noqa: ARG002 - JSON lines show them
    ) -> None:
        labels = (predictions.label(message) for message in range(len(names)))
        self.table.print(list(zip(names, labels, predictions.of_label(), strict=True)))


class _JsonLines:
    def __init__(self, served: "ServedModel") -> None:
        self.chosen = {"model": served.name, "version": served.version, "verdict": served.verdict}

    def print(
        self, names: Sequence[str], predictions: "Predictions", ids: Sequence[str] | None
    ) -> None:
        for row, name in enumerate(names):
            known = {"id": ids[row]} if ids else {}
            answer = known | {"message": name} | predictions.row(row) | self.chosen
            print(json.dumps(answer, ensure_ascii=False))


def _require_output_alone(output: Path, *, as_json: bool, log: bool) -> None:
    from rnnops.cli.prediction_file import require_format

    require_format(output)
    if as_json or log:
        raise InputError(
            f"--output and {'--json' if as_json else '--log'} exclude each other: the file has all "
            "predictions, a .jsonl one as JSON lines"
        )


def _write_predictions(
    output: Path,
    paths: Sequence[Path],
    texts: Iterator["NamedText"],
    served: "ServedModel",
    **options: object,
) -> None:
    from rnnops.cli.inputs import group_into_blocks
    from rnnops.cli.prediction_file import PredictionFile, describe_job
    from rnnops.cli.scored_blocks import score_blocks

    started = time.perf_counter()
    with PredictionFile.open(output, served, describe_job(paths, served, **options)) as file:
        rows = file.rows
        left = islice(progress(texts, "classify"), rows, None)
        names, scored = [], []
        for block, predictions in score_blocks(served, group_into_blocks(left)):
            names += [name for name, _ in block]
            scored.append(predictions)
            if len(names) >= ROWS_A_PART:
                file.append(names, scored)
                rows += len(names)
                names, scored = [], []
        if names:
            file.append(names, scored)
        file.finish()
    seconds = time.perf_counter() - started
    print(f"{rows + len(names):,} messages classified, written to {output} ({seconds:.1f} s)")


def _prediction_log(served: "ServedModel", texts: bool) -> "PredictionLog":
    from rnnops.monitoring.prediction_log import PredictionLog

    if served.version is None:
        raise InputError(
            f"--log needs a registered version, such as models:/NAME/3: {served} is none"
        )
    return PredictionLog(Path(layout.PREDICTION_LOG), served.name, served.version, texts)


def choose_model(uri: str | None) -> "ServedModel":
    """The model at `uri`, see `choose_served_model`, and say which it is."""
    from rnnops.registry.served_model import choose_served_model

    served = choose_served_model(uri)
    print(f"model: {served}", file=sys.stderr, flush=True)
    return served
