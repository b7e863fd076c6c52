"""Split the validated documents so that no near-duplicate crosses a split."""

from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.errors import InputError
from rnnops.core.params import load_params
from rnnops.split import splits
from rnnops.split.near_duplicates import earlier_near_duplicates
from rnnops.split.params import Split
from rnnops.split.shingles import Shingles


def main() -> str:
    params = load_params()[Split]
    documents = files.read_parquet(layout.MESSAGES)
    shingles = Shingles.of(documents["text"])
    neighbours = earlier_near_duplicates(shingles, params.near_duplicate_similarity)
    assigned = splits.assign_splits(documents, neighbours, params)
    sizes = {name: int((assigned["split"] == name).sum()) for name in layout.SPLIT_NAMES}
    if empty := [name for name, size in sizes.items() if not size]:
        raise InputError(
            f"the {' and '.join(empty)} split has no document of {len(documents):,}: add "
            f"documents, raise split.{empty[0]} or change split.seed"
        )
    parts, report = splits.separate(assigned, shingles.hashes, params)
    for name, rows in parts.items():
        files.write_parquet(rows, layout.split_file(name))
    files.write_json(report, layout.SPLIT_REPORT)
    return f"split: {splits.summarise(report, 'documents')}"


if __name__ == "__main__":
    run_stage(main)
