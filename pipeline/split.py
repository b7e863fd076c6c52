"""Split the validated messages so that no near-duplicate crosses a split."""

from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.split import splits
from rnnops.split.near_duplicates import earlier_near_duplicates
from rnnops.split.params import Split
from rnnops.split.shingles import Shingles


def main() -> str:
    params = load_params()[Split]
    messages = files.read_parquet(layout.MESSAGES)
    shingles = Shingles.of(messages["text"])
    neighbours = earlier_near_duplicates(shingles, params.near_duplicate_similarity)
    assigned = splits.assign_splits(messages, neighbours, params)
    splits.check_labels(assigned, neighbours, params)
    parts, report = splits.separate(assigned, shingles.hashes, params)
    for name, rows in parts.items():
        files.write_parquet(rows, layout.split_file(name))
    files.write_json(report, layout.SPLIT_REPORT)
    return f"split: {splits.summarise(report, 'messages')}"


if __name__ == "__main__":
    run_stage(main)
