import pandas as pd

from rnnops.core import files, layout
from rnnops.registry.split_reads import count_experiments, digest_test_split
from rnnops.tracking import store
from rnnops.tracking.tags import IDENTITY_TAG, ROLE_TAG, TEST_SPLIT_TAG


def digest(ids):
    frame = pd.DataFrame({"id": ids, "text": "x"})
    files.write_parquet(frame, layout.split_file(layout.TEST))
    return digest_test_split()


def test_the_digest_is_that_of_the_messages_in_any_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert digest(["a", "b"]) == digest(["b", "a"])
    assert digest(["a", "b"]) != digest(["a", "c"])
    assert digest(["a", "b"]) != digest(["a", "b", "c"])


def test_complete_networks_on_the_same_test_split_are_counted(client):
    experiment = store.experiment_id(client, "mine")
    for split, role, identity in (
        ("s", "network", "a"),
        ("s", "network", "b"),
        ("s", "network", None),  # not measured yet
        ("s", "baseline", "c"),
        ("other", "network", "d"),
    ):
        tags = {TEST_SPLIT_TAG: split, ROLE_TAG: role}
        client.create_run(experiment, tags=tags | ({IDENTITY_TAG: identity} if identity else {}))
    assert count_experiments(client, experiment, "s") == 2
    assert count_experiments(client, experiment, "never read") == 0
