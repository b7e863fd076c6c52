"""How many experiments were measured on one test split: the best of many is too good by luck."""

import hashlib

import mlflow

from rnnops.core import files, layout
from rnnops.tracking.tags import IDENTITY_TAG, ROLE_TAG, TEST_SPLIT_TAG


def digest_test_split() -> str:
    """The digest of the ids of the messages in the test split, in whatever order."""
    ids = files.read_parquet(layout.split_file(layout.TEST), columns=["id"])["id"]
    return hashlib.sha256("\n".join(sorted(ids.astype(str))).encode()).hexdigest()


def count_experiments(client: mlflow.MlflowClient, experiment_id: str, digest: str) -> int:
    """How many complete runs of networks were measured on the test split of that digest."""
    found = client.search_runs(
        [experiment_id],
        f"tags.`{TEST_SPLIT_TAG}` = '{digest}' AND tags.`{ROLE_TAG}` = 'network'",
        max_results=50_000,
    )
    return sum(IDENTITY_TAG in run.data.tags for run in found)
