"""The command `complete`, and what `predict` and `summary` say with a language model."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rnnops.cli.tables import StreamedTable, print_table
from rnnops.core import layout
from rnnops.core.console import note
from rnnops.core.errors import InputError

if TYPE_CHECKING:
    from rnnops.cli.inputs import NamedText
    from rnnops.registry.served_model import ServedModel

Number = Annotated[int, typer.Option(min=1, help="Next words to list.")]
Words = Annotated[int | None, typer.Option(min=1, max=1000, help="Write so many words instead.")]
Samples = Annotated[int, typer.Option(min=1, max=100, help="Continuations to write.")]
Seed = Annotated[int, typer.Option(min=0, help="Of what is written: the same, the same words.")]
LanguageModel = Annotated[
    str | None,
    typer.Option(
        help="Folder or MLflow URI of a language model, such as models:/NAME/VERSION; default: the "
        "champion of pipeline/next_word, else the newest version that passed the gate."
    ),
]


def complete(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The beginning of a text.")],
    number: Number = 10,
    words: Words = None,
    samples: Samples = 3,
    seed: Seed = 0,
    model: LanguageModel = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
) -> None:
    """List the most probable next words of a text, or continue it."""
    import numpy as np

    from rnnops.core.tasks import NEXT_WORD, params_file
    from rnnops.registry.served_model import choose_served_model
    from rnnops.runtime.text_language_model import TextLanguageModel

    served = choose_served_model(model, params_file(NEXT_WORD))
    print(f"model: {served}", file=sys.stderr, flush=True)
    known = TextLanguageModel.load(served.folder)
    if words is not None:
        random = np.random.default_rng(seed)
        written = [known.sample(text, words, random) for _ in range(samples)]
        print(json.dumps(written, ensure_ascii=False) if as_json else "\n\n".join(written))
        return
    found = known.next_words(text, number)
    if as_json:
        print(json.dumps([each._asdict() for each in found], ensure_ascii=False))
    else:
        StreamedTable("next word", "probability").print(list(found))


def print_surprise(
    served: "ServedModel", texts: Iterator["NamedText"], *, as_json: bool, refused: bool
) -> None:
    """Print how surprising each text is to a language model, and the word after it.

    Args:
        refused: whether options were given that are for classifiers alone.
    """
    from rnnops.runtime.text_language_model import TextLanguageModel

    if refused:
        raise InputError(f"{served} is a language model: --output and --log are for classifiers")
    known, table = (
        TextLanguageModel.load(served.folder),
        StreamedTable("message", "words", "unknown", "bits a word", "next word", "probability"),
    )
    for name, text in texts:
        (row,) = known.predict([text]).to_dict("records")
        if as_json:
            chosen = {"model": served.name, "version": served.version, "verdict": served.verdict}
            print(json.dumps({"message": name, **row, **chosen}, ensure_ascii=False))
            continue
        bits = f"{row['bits'] / row['words']:.2f}" if row["words"] else "n/a"
        counts = (row["words"], row["unknown_words"])
        table.print([(name, *counts, bits, row["next_word"], row["probability"])])


def print_summary(dataset: str) -> None:
    """Print the last evaluation of language models, and where to look next.

    Args:
        dataset: that the parameters name now.
    """
    from rnnops.core.files import read_json
    from rnnops.language_model.ngram_models import shown_name
    from rnnops.metrics.measured import format_measured
    from rnnops.next_word.results import Results

    results, registered = Results.read(), read_json(layout.REGISTER_REPORT)
    test = results.metrics[layout.TEST]
    print_table(
        [
            {
                f"{results.dataset}, test split": key,
                **{
                    shown_name(model): format_measured(test[model][key], decimals=3)
                    for model in results.models
                },
            }
            for key in test[results.best_baseline]
        ]
    )
    unknown = results.unknown_share[layout.TEST]
    print(
        f"\nvalidation  {results.describe(layout.VALIDATION)}\n"
        f"words       {results.vocabulary_size:,} are known; {unknown:.1%} of the test split's are "
        "not, and one word to all models\n"
        f"registered  {registered['model']} version {registered['version']}, "
        f"gate: {registered['verdict']}\n"
        f"report      {Path(layout.REPORT).absolute()}\n"
        "MLflow UI   rnnops ui\n"
        'complete    rnnops complete "The beginning of a sentence"'
    )
    if dataset != results.dataset:
        note(f"{layout.PARAMS} names {dataset} now: `dvc repro` evaluates it")
