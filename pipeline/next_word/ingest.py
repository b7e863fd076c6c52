"""Fetch the dataset that `data.dataset` names and sort its rows into documents and quarantine."""

from rnnops.catalog.params import Data, chosen_dataset
from rnnops.core import files, layout
from rnnops.core.checkout import main_checkout
from rnnops.core.console import progress, run_stage
from rnnops.core.errors import InputError
from rnnops.core.params import load_params
from rnnops.ingest.documents import with_any_label
from rnnops.ingest.messages import quarantine_lines, summarise_rows, to_messages
from rnnops.ingest.sources import read_rows


def main() -> str:
    params = load_params()
    name, dataset = params[Data].dataset, chosen_dataset(params)
    rows = with_any_label(read_rows(dataset, main_checkout() / layout.DOWNLOADS))
    names = getattr(dataset.read, "labels", None)
    documents = to_messages(progress(rows, f"reading {name}"), names)
    report = summarise_rows(documents, name)
    files.write_text(quarantine_lines(documents.quarantined), layout.QUARANTINE)
    if documents.kept.empty:
        raise InputError(f"{name} has no usable document: {layout.QUARANTINE} says why")
    files.write_parquet(documents.kept, layout.MESSAGES)
    files.write_json(report, layout.INGEST_REPORT)
    return f"ingest: {name}, {report['kept']:,} documents, {report['quarantined']:,} quarantined"


if __name__ == "__main__":
    run_stage(main)
