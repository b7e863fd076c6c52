"""Fetch the dataset that `data.dataset` names and sort its rows into messages and quarantine."""

from rnnops.catalog.params import Data, chosen_dataset
from rnnops.core import files, layout
from rnnops.core.checkout import main_checkout
from rnnops.core.console import progress, run_stage
from rnnops.core.label_names import list_counts
from rnnops.core.params import load_params
from rnnops.ingest.additions import find_additions, join_additions, read_additions
from rnnops.ingest.conflicts import set_conflicts_aside
from rnnops.ingest.messages import quarantine_lines, require_labels, summarise_rows, to_messages
from rnnops.ingest.sources import read_rows


def main() -> str:
    params = load_params()
    name, dataset = params[Data].dataset, chosen_dataset(params)
    rows = read_rows(dataset, main_checkout() / layout.DOWNLOADS)
    messages = to_messages(progress(rows, f"reading {name}"), getattr(dataset.read, "labels", None))
    additions = read_additions(find_additions(name))
    messages = join_additions(messages, additions)
    messages, conflicts = set_conflicts_aside(messages, dataset.expect.conflicting_labels)
    require_labels(messages, name, dataset.positive)
    report = summarise_rows(messages, name)
    report |= {"added": len(additions.accepted), "conflicting_labels": conflicts}
    files.write_parquet(messages.kept, layout.MESSAGES)
    files.write_text(quarantine_lines(messages.quarantined), layout.QUARANTINE)
    files.write_json(report, layout.INGEST_REPORT)
    added = f" {report['added']:,} of them added," * bool(report["added"])
    return (
        f"ingest: {name}, {report['kept']:,} messages ({list_counts(report['labels'])}),"
        f"{added} {report['quarantined']:,} quarantined"
    )


if __name__ == "__main__":
    run_stage(main)
