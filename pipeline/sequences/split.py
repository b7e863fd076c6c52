"""Split the validated sequences so that no near-duplicate and no group crosses a split."""

from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.sequences.datasets import has_groups
from rnnops.sequences.sequences import Sequences
from rnnops.sequences.splitting import shingles_of, tie_groups
from rnnops.split import splits
from rnnops.split.near_duplicates import earlier_near_duplicates
from rnnops.split.params import Split


def main() -> str:
    parameters = load_params()
    params = parameters[Split]
    rows = files.read_parquet(layout.SEQUENCES)
    sequences = Sequences.from_frame(rows)
    shingles = shingles_of(sequences.values)
    neighbours = earlier_near_duplicates(shingles, params.near_duplicate_similarity)
    if has_groups(parameters):
        neighbours = tie_groups(neighbours, shingles.hashes, sequences.sources)
    assigned = splits.assign_splits(rows, neighbours, params)
    splits.check_labels(assigned, neighbours, params, row="sequence")
    parts, report = splits.separate(assigned, shingles.hashes, params)
    for name, rows in parts.items():
        files.write_parquet(rows, layout.split_file(name))
    files.write_json(report, layout.SPLIT_REPORT)
    return f"split: {splits.summarise(report, 'sequences')}"


if __name__ == "__main__":
    run_stage(main)
