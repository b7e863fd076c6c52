"""The commands for a dataset's messages and labels: `add` and `conflicts`."""

import time
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rnnops.cli.tables import print_table
from rnnops.core import layout
from rnnops.core.console import progress
from rnnops.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rnnops.feedback.conflicts import Action
    from rnnops.ingest.rows import Row

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE…",
        help="Tables (csv, tsv, json, jsonl, parquet, xlsx, ods), mail (.eml), mbox files, "
        "Maildirs or folders of messages, packed or not.",
    ),
]
Label = Annotated[
    str | None, typer.Option(help="Label of all the messages; default: that of the table's column.")
]
Held = Annotated[list[str], typer.Argument(metavar="ID…", help="As `rnnops conflicts` lists them.")]
Why = Annotated[str, typer.Option(help="Kept with the decision.")]


def add(files: Files, label: Label = None) -> None:
    """Add labelled messages to the dataset that data.dataset names.

    A message is stored once. One whose label contradicts the same text, or all its near-duplicates,
    is held until `rnnops conflicts` decides. `dvc repro` trains on what was added.
    """
    from rnnops.catalog.params import Data, chosen_dataset
    from rnnops.core.params import load_params
    from rnnops.feedback.adding import add_rows
    from rnnops.feedback.labelled_files import read_labelled
    from rnnops.ingest.quarantine_reasons import list_reasons

    started = time.perf_counter()
    params = load_params()
    name, dataset = params[Data].dataset, chosen_dataset(params)

    def read(label: str | None) -> "Iterable[Row]":
        rows = chain.from_iterable(read_labelled(path, dataset, label) for path in files)
        return progress(rows, "reading")

    added = add_rows(params, read, label)
    reasons = Counter(added.rejected["reason"])
    rejected = len(added.rejected) + len(added.rejected_before)
    print(
        f"{name}: {len(added.accepted):,} accepted ({added.near_duplicates:,} of them like a known "
        f"message), {added.known:,} known already, {len(added.held):,} held, "
        f"{rejected:,} quarantined"
        + f" ({list_reasons(reasons)})" * bool(reasons)
        + f" ({time.perf_counter() - started:.1f} s)"
    )
    if len(added.held):
        print("`rnnops conflicts` lists the held messages")
    if len(added.accepted):
        changed = " ".join((layout.INCOMING, layout.LOCK, layout.MODELS, layout.REPORTS))
        print(f"next: dvc repro; then git add {changed} && git commit")


def conflicts(context: typer.Context) -> None:
    """List added messages whose label contradicts a known one, and decide on them."""
    from rnnops.feedback.conflicts import describe_conflicts
    from rnnops.feedback.known_messages import read_known, read_splits
    from rnnops.ingest.additions import find_additions, read_additions

    if context.invoked_subcommand is not None:
        return
    name = _dataset()
    additions = read_additions(find_additions(name))
    if additions.undecided.empty:
        print(f"{name}: no message is held")
        return
    print_table(describe_conflicts(additions, read_known(name, additions), read_splits()["split"]))
    print("decide: rnnops conflicts keep | relabel | drop ID… --reason WHY")


def keep(ids: Held, reason: Why) -> None:
    """Accept held messages with the labels they have, beside those they contradict."""
    _decide("keep", ids, reason)


def relabel(
    ids: Held, label: Annotated[str, typer.Option(help="The right label.")], reason: Why
) -> None:
    """Accept held messages with this label, and give it to those that they contradict.

    This alone changes the label of a message that a model was measured on.
    """
    _decide("relabel", ids, reason, label)


def drop(ids: Held, reason: Why) -> None:
    """Leave held messages out for good."""
    _decide("drop", ids, reason)


DECISIONS = (keep, relabel, drop)


def _decide(action: "Action", ids: list[str], reason: str, label: str | None = None) -> None:
    from rnnops.catalog.params import chosen_dataset
    from rnnops.core.params import load_params
    from rnnops.feedback import batches
    from rnnops.feedback.conflicts import decide
    from rnnops.feedback.known_messages import read_known
    from rnnops.feedback.sorting import declared_labels, require_label
    from rnnops.ingest import additions as store

    if not reason.strip():
        raise InputError("--reason is empty: it is kept with the decision")
    name = _dataset()
    with batches.only_writer(name) as folder:
        before = store.read_additions(store.find_additions(name))
        if label is not None:
            known = read_known(name, before)
            label = require_label(label, declared_labels(chosen_dataset(load_params()), known))
        decision = decide(before, action, ids, reason, label)
        batches.write_batch(folder, {store.DECISION: decision.to_dict()})
    done = f"{action} {len(decision.messages):,} held"
    if decision.labels:
        others = len(decision.labels) - len(decision.messages)
        done += f" and the label of {others:,} known message{'s' * (others != 1)}"
    print(f"{name}: {done}; next: dvc repro")


def _dataset() -> str:
    from rnnops.catalog.params import Data
    from rnnops.core.params import load_params

    return load_params()[Data].dataset
