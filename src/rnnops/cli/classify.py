"""The commands that classify messages: `predict` and `explain`."""

import json
import sys
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rnnops.cli.tables import StreamedTable
from rnnops.core import layout
from rnnops.core.console import note, progress
from rnnops.core.errors import InputError

if TYPE_CHECKING:
    from rnnops.monitoring.prediction_log import PredictionLog
    from rnnops.registry.model_loading import LoadedModel

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


def predict(
    files: Messages = None,
    text: TextColumn = None,
    lines: Lines = False,
    model: Model = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines instead of a table.")] = False,
    log: Annotated[
        bool, typer.Option("--log", help=f"Keep the predictions in {layout.PREDICTION_LOG}.")
    ] = False,
    log_texts: Annotated[
        bool, typer.Option("--log-texts", help="Keep them with the messages' texts.")
    ] = False,
) -> None:
    """Classify messages."""
    from rnnops.cli.inputs import group_into_blocks, read_texts

    found = group_into_blocks(read_texts(files or [Path("-")], column=text, lines=lines))
    first = next(found)  # an unreadable file is an error before the model is loaded
    served = load_model(model)
    chosen = {"model": served.name, "version": served.version, "verdict": served.verdict}
    kept = _prediction_log(served, log_texts) if log or log_texts else None
    table = StreamedTable("message", "label", "probability")
    in_turn = chain([first], found)
    for block in in_turn if sys.stdout.isatty() else progress(in_turn, "classify"):
        texts = [text for _, text in block]
        verdicts = served.model.predict(texts)
        ids = kept.append(texts, verdicts) if kept else None
        verdicts.insert(0, "message", [name for name, _ in block])
        if ids:
            verdicts.insert(0, "id", ids)
        if as_json:
            for row in verdicts.to_dict("records"):
                print(json.dumps(row | chosen, ensure_ascii=False))
        else:
            columns = verdicts[["message", "label", "probability"]]
            table.print(list(columns.itertuples(index=False, name=None)))
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
    predict = load_model(model).model.predict
    explained = [(name, explain(text, predict)) for name, text in chosen]
    write_text(render_explanations("Why this label", explained), output)
    StreamedTable("message", "label", "probability", "turned at").print(
        [
            (name, each.label, each.probability, " ".join(each.pieces[each.turn].split())[:40])
            for name, each in explained
        ]
    )
    print(f"written to {output}")


def _prediction_log(served: "LoadedModel", texts: bool) -> "PredictionLog":
    from rnnops.monitoring.prediction_log import PredictionLog

    if served.version is None:
        raise InputError(
            f"--log needs a registered version, such as models:/NAME/3: {served} is none"
        )
    return PredictionLog(Path(layout.PREDICTION_LOG), served.name, served.version, texts)


def load_model(uri: str | None) -> "LoadedModel":
    """The model at `uri`, see `rnnops.registry.model_loading`, and say which it is."""
    from rnnops.registry import model_loading

    served = model_loading.load_model(uri)
    print(f"model: {served}", file=sys.stderr, flush=True)
    return served
