"""Fetch the dataset that `data.dataset` names and sort its sequences into usable and quarantine."""

import json

from rnnops.catalog.params import Data
from rnnops.core import files, layout
from rnnops.core.checkout import main_checkout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.sequences.datasets import chosen_sequences
from rnnops.sequences.ingest_report import summarise
from rnnops.sequences.sources import read_dataset


def main() -> str:
    params = load_params()
    name = params[Data].dataset
    found = read_dataset(chosen_sequences(params), main_checkout() / layout.DOWNLOADS)
    report = summarise(found, name)
    lines = [json.dumps(row, ensure_ascii=False) for row in found.rejected.to_dict("records")]
    files.write_text("".join(f"{line}\n" for line in lines), layout.QUARANTINE)
    files.write_parquet(found.sequences.to_frame(), layout.SEQUENCES)
    files.write_json(report, layout.INGEST_REPORT)
    return (
        f"ingest: {name}, {report['kept']:,} sequences of {len(report['channels'])} channels, "
        f"{report['quarantined']:,} quarantined, {report['filled']:,} values interpolated"
    )


if __name__ == "__main__":
    run_stage(main)
