"""What `predict` and `summary` do with a classifier of sequences."""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rnnops.cli.tables import StreamedTable, format_metric, print_table
from rnnops.core import layout
from rnnops.core.console import note
from rnnops.core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from rnnops.registry.served_model import ServedModel
    from rnnops.sequences.table_classifier import TableClassifier

SUFFIXES = (".csv", ".parquet")
SHOWN = 5  # sequences that notes name


def find_table_classifier(uri: str | None, paths: Sequence[Path]) -> "ServedModel | None":
    """The model to classify these files with, if they are tables and it reads sequences.

    It is asked for only where one can be meant: in the folder of its task, or with `uri`.
    """
    from rnnops.core.tasks import FOLDERS, SEQUENCES

    is_there = Path.cwd().resolve().as_posix().endswith(f"/{FOLDERS[SEQUENCES]}")
    if not (is_there or uri) or any(path.suffix not in SUFFIXES for path in paths):
        return None
    from rnnops.registry.served_model import choose_served_model
    from rnnops.sequences.description import is_table_classifier

    served = choose_served_model(uri)
    return served if is_table_classifier(served.folder) else None


def classify_tables(
    served: "ServedModel",
    paths: Sequence[Path],
    *,
    as_json: bool,
    output: Path | None,
    refused: bool,
) -> None:
    """Print the label of each sequence in the tables, or write them to `output`.

    Args:
        refused: whether options were given that are for classifiers of texts alone.
    """
    from rnnops.sequences.table_classifier import TableClassifier

    print(f"model: {served}", file=sys.stderr, flush=True)
    if refused:
        raise InputError(f"{served} classifies sequences: --log is for classifiers of messages")
    classifier, started = TableClassifier.load(served.folder), time.perf_counter()
    predictions = [_classify(classifier, path) for path in paths]
    if output is not None:
        _write(predictions, output)
        number, seconds = sum(map(len, predictions)), time.perf_counter() - started
        print(f"{number:,} sequences classified, written to {output} ({seconds:.1f} s)")
        return
    table = None if as_json else StreamedTable("sequence", "label", "probability")
    for frame in predictions:
        rows = frame.to_dict("records")
        if table:
            table.print([(row["sequence"], row["label"], row["probability"]) for row in rows])
            continue
        chosen = {"model": served.name, "version": served.version, "verdict": served.verdict}
        for row in rows:
            print(json.dumps(row | chosen, ensure_ascii=False))


def _classify(classifier: "TableClassifier", path: Path) -> "pd.DataFrame":
    from rnnops.tables.table_file import read_table_file

    columns = classifier.columns
    table = read_table_file(path, columns.delimiter, columns.encoding)
    try:
        found = classifier.read(table)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    for name, reason in found.rejected[["sequence", "reason"]].head(SHOWN).to_numpy():
        note(f"{path}: {name or 'a row'} is left out: {reason}")
    if (others := len(found.rejected) - SHOWN) > 0:
        note(f"{path}: {others:,} more sequences are left out")
    if filled := int(found.filled.sum()):
        note(f"{path}: missing values, interpolated: {filled:,}")
    return classifier.label(found.sequences)


def _write(predictions: Sequence["pd.DataFrame"], output: Path) -> None:
    import pandas as pd

    from rnnops.cli.prediction_file import require_format
    from rnnops.core.files import atomic_path

    require_format(output)
    frame = pd.concat(predictions, ignore_index=True)
    with atomic_path(output) as temporary:
        if output.suffix == ".parquet":
            frame.to_parquet(temporary, index=False)
        elif output.suffix == ".csv":
            frame.to_csv(temporary, index=False, lineterminator="\n")
        else:
            frame.to_json(temporary, orient="records", lines=True, force_ascii=False)


def print_results(dataset: str) -> None:
    """Print the last evaluation of classifiers of sequences, and where to look next.

    Args:
        dataset: that the parameters name now.
    """
    from rnnops.core.files import read_json
    from rnnops.metrics.evaluation import NETWORK
    from rnnops.report.results import Results
    from rnnops.sequences.report import describe_rule

    results, registered = Results.read(), read_json(layout.REGISTER_REPORT)
    test, names = results.metrics[layout.TEST], results.classifiers
    print_table(
        [
            {
                f"{results.dataset}, test split": key,
                **{shown: format_metric(key, test[model][key]) for model, shown in names.items()},
            }
            for key in test[NETWORK]
        ]
    )
    order = read_json(layout.ROBUSTNESS)["shuffled"][NETWORK]["accuracy"]
    print(
        f"\nbaseline    {names[results.best_baseline]}, the best on the validation split\n"
        f"rule        {describe_rule(results)}\n"
        f"order       with its steps shuffled the network's accuracy is {order['after']:.3f}, "
        f"in order {order['before']:.3f}\n"
        f"validation  {results.describe()}\n"
        f"registered  {registered['model']} version {registered['version']}, "
        f"gate: {registered['verdict']}\n"
        f"report      {Path(layout.REPORT).absolute()}\n"
        "MLflow UI   rnnops ui\n"
        "classify    rnnops predict FILE.csv"
    )
    if dataset != results.dataset:
        note(f"{layout.PARAMS} names {dataset} now: `dvc repro` evaluates it")
