"""The commands that choose messages for people to label: `suspects` and `pick`."""

from math import ceil
from pathlib import Path
from typing import Annotated

import typer

from rnnops.cli.classify import Lines, Messages, Model, TextColumn
from rnnops.cli.tables import print_table
from rnnops.core import layout

Table = Annotated[Path, typer.Option(help="The table to write: .csv, .jsonl or .parquet.")]
SHOWN = 20


def suspects(
    share: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the training split that is listed.")
    ] = 0.05,
    output: Table = Path("suspects.csv"),
) -> None:
    """Find training messages whose label is probably wrong, and write them with a suggested one.

    Delete the rows whose label is right after all and `rnnops add` the others: `rnnops conflicts`
    then corrects them.
    """
    from rnnops.catalog.params import Data, chosen_dataset
    from rnnops.core.files import read_parquet
    from rnnops.core.params import load_params
    from rnnops.features.featurizer import Featurizer, LabelledTexts
    from rnnops.feedback.labelled_files import write_labelled
    from rnnops.feedback.suspects import rank_suspects
    from rnnops.linear.classifier import load_best
    from rnnops.linear.classifiers import fit_classifier
    from rnnops.linear.params import Baseline

    params, featurizer = load_params(), Featurizer.load(layout.FEATURIZER)
    best = load_best(layout.BASELINE)
    features, _ = LabelledTexts.read(layout.features_file(layout.TRAIN), featurizer)
    ranked = rank_suspects(
        read_parquet(layout.split_file(layout.TRAIN), ["id", "text", "label", "cluster"]),
        featurizer.represent(features, best.representation),
        featurizer.labels,
        lambda vectors, labels, others: fit_classifier(
            best.name, vectors, labels, params[Baseline]
        ).probabilities(others),
    )
    found = ranked.head(ceil(share * len(ranked))).drop(columns="cluster")
    listed = found.rename(columns={"label": "labelled", "suggested": "label"})
    write_labelled(listed, output, chosen_dataset(params))
    print_table(
        [
            {
                f"{params[Data].dataset}, labelled": row["label"],
                "suggested": row["suggested"],
                "probability of its label": row["probability"],
                "text": " ".join(row["text"].split())[:80],
            }
            for row in found.head(SHOWN).to_dict("records")
        ]
    )
    print(f"the {len(found):,} most suspect of {len(ranked):,} training messages: {output}")


def pick(
    number: Annotated[int, typer.Argument(metavar="N", min=1, help="How many.")],
    files: Messages = None,
    text: TextColumn = None,
    lines: Lines = False,
    model: Model = None,
    output: Table = Path("picked.csv"),
) -> None:
    """Choose the N messages that are most worth a label: uncertain ones, none like another.

    Fill in the column of labels and `rnnops add` the table.
    """
    import pandas as pd

    from rnnops.catalog.params import Data, chosen_dataset
    from rnnops.cli.classify import choose_model
    from rnnops.cli.inputs import read_texts
    from rnnops.core.params import load_params
    from rnnops.feedback import picks
    from rnnops.feedback.known_messages import read_known
    from rnnops.feedback.labelled_files import write_labelled
    from rnnops.ingest.additions import find_additions, read_additions
    from rnnops.registry.served_model import load_classifier
    from rnnops.split.params import Split

    params = load_params()
    name = params[Data].dataset
    known = read_known(name, read_additions(find_additions(name)))
    found = list(read_texts(files or [Path("-")], column=text, lines=lines))
    texts = [content for _, content in found]
    predictions = load_classifier(choose_model(model)).score(texts)
    similarity = params[Split].near_duplicate_similarity
    chosen = picks.pick(
        known["text"].tolist(), texts, predictions.probabilities, number, similarity
    )
    rows = predictions.to_frame().iloc[chosen]
    picked = pd.DataFrame(
        {
            "message": [found[position][0] for position in chosen],
            "predicted": rows["label"],
            "probability": rows["probability"],
            "label": "",
            "text": [texts[position] for position in chosen],
        }
    )
    write_labelled(picked, output, chosen_dataset(params))
    left_out = len(texts) - len(picked)
    print(
        f"{len(picked):,} of {len(texts):,} messages to label: {output}"
        + f"; {left_out:,} others are surer, or near-duplicates" * bool(left_out)
    )
