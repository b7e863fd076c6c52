"""Adding labelled messages to the dataset that data.dataset names."""

from collections.abc import Callable, Iterable, Sequence

from rnnops.catalog.params import Data, chosen_dataset
from rnnops.core.params import load_params
from rnnops.core.sections import Parameters
from rnnops.feedback import batches
from rnnops.feedback.known_messages import read_known
from rnnops.feedback.labelled_files import SOURCE
from rnnops.feedback.sorting import SortedRows, declared_labels, require_label, sort_rows
from rnnops.ingest import additions as store
from rnnops.ingest.rows import Row
from rnnops.split.params import Split

FILE = "feedback"  # that a message from people is reported under


def add_rows(
    params: Parameters, read: Callable[[str | None], Iterable[Row]], label: str | None = None
) -> SortedRows:
    """Sort rows and store what is new, while no one else adds.

    Args:
        read: gives the rows, from the name of `label`.
        label: of all the rows, if they do not have their own.

    Raises:
        InputError: when the dataset has no such label, or was not ingested here; and as `read`
            and `batches.only_writer` do.
    """
    name, dataset = params[Data].dataset, chosen_dataset(params)
    with batches.only_writer(name) as folder:
        before = store.read_additions(store.find_additions(name))
        known = read_known(name, before)
        if label is not None:
            label = require_label(label, declared_labels(dataset, known))
        added = sort_rows(read(label), known, before, dataset, params[Split])
        contents = {
            store.ACCEPTED: added.accepted,
            store.HELD: added.held,
            store.REJECTED: added.rejected,
        }
        batches.write_batch(folder, contents)
    return added


def add_texts(labelled: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Add texts with the labels that people gave them.

    Returns:
        For each, in order, what became of it: accepted, known, held or rejected, and a sentence.

    Raises:
        InputError: as `add_rows` does.
    """
    rows = [
        Row(FILE, number, SOURCE, text, label, text)
        for number, (text, label) in enumerate(labelled, start=1)
    ]
    added = add_rows(load_params(), lambda _: rows)
    outcomes = {
        number: ("rejected", f"the message cannot be used: {reason}")
        for frame in (added.rejected, added.rejected_before)
        for number, reason in zip(frame["row"], frame["reason"], strict=True)
    }
    outcomes |= dict.fromkeys(
        added.accepted["row"], ("accepted", "the message is stored: `dvc repro` trains on it")
    )
    outcomes |= dict.fromkeys(
        added.held["row"],
        ("held", "the label contradicts a known message: `rnnops conflicts` decides"),
    )
    known = ("known", "the message is stored with this label already")
    return [outcomes.get(number, known) for number in range(1, len(rows) + 1)]
