"""Split the validated messages so that no near-duplicate crosses a split."""

from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.split import splits
from rnnops.split.near_duplicates import earlier_near_duplicates
from rnnops.split.overlap import shingle_matrix, training_overlap
from rnnops.split.params import Split
from rnnops.split.shingles import Shingles


def main() -> str:
    params = load_params()[Split]
    messages = files.read_parquet(layout.MESSAGES)
    shingles = Shingles.of(messages["text"])
    neighbours = earlier_near_duplicates(shingles, params.near_duplicate_similarity)
    assigned = splits.assign_splits(messages, neighbours, params)
    splits.check_labels(assigned, neighbours, params)
    matrix = shingle_matrix(shingles.hashes)
    measured = [layout.VALIDATION, layout.TEST]
    assigned = assigned.join(training_overlap(matrix, assigned["split"], measured, params.seed))
    for name in (*layout.SPLIT_NAMES, layout.EXCLUDED):
        rows = assigned[assigned["split"] == name].drop(columns="split")
        files.write_parquet(rows, layout.split_file(name))
    files.write_json(splits.describe_splits(assigned, matrix, params), layout.SPLIT_REPORT)
    sizes = ", ".join(
        f"{name} {(assigned['split'] == name).sum():,}" for name in layout.SPLIT_NAMES
    )
    return f"split: {sizes} messages in {assigned['cluster'].nunique():,} clusters"


if __name__ == "__main__":
    run_stage(main)
