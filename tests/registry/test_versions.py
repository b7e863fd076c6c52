import pytest
from decision_history import NAME

from rnnops.core.errors import InputError
from rnnops.registry import versions
from rnnops.registry.ledger import open_ledger
from rnnops.tracking.tags import IDENTITY_TAG


def add_version(client, identity):
    run = client.get_run(open_ledger(client, NAME)).info
    tags = {IDENTITY_TAG: identity}
    return str(client.create_model_version(NAME, run.artifact_uri, run.run_id, tags).version)


@pytest.mark.parametrize("where", ["client", pytest.param("served", marks=pytest.mark.slow)])
def test_a_version_gets_the_number_that_the_decisions_give_it(where, request):
    client = request.getfixturevalue(where)
    versions.skip_to_number(client, NAME, 3)
    assert add_version(client, "a") == "3"
    versions.skip_to_number(client, NAME, 2)  # the registry is past it
    assert add_version(client, "b") == "4"
    versions.skip_to_number(client, NAME, 5)
    assert add_version(client, "c") == "5"
    listed = versions.list_versions(client, NAME)
    assert [str(found.version) for found in listed] == ["5", "4", "3"]


def test_a_version_is_found_by_identity_number_or_alias(client):
    for identity in ("a", "b", "a"):
        add_version(client, identity)
    assert versions.find_version(client, NAME, "a") == "3"  # the newest of two
    assert versions.find_version(client, NAME, "none") is None
    assert versions.find_alias(client, NAME, "champion") is None
    versions.set_alias(client, NAME, "champion", "2")
    versions.set_alias(client, NAME, "champion", "2")
    assert versions.find_alias(client, NAME, "champion") == "2"
    found = versions.get_version(client, NAME, None, "champion")
    assert found.tags[IDENTITY_TAG] == "b"
    assert str(versions.get_version(client, NAME, "1").version) == "1"
    with pytest.raises(InputError, match="mine-classifier has no version 7; it has: 1, 2, 3"):
        versions.get_version(client, NAME, "7")
    with pytest.raises(InputError, match="no version of mine-classifier has the alias best"):
        versions.get_version(client, NAME, None, "best")
    with pytest.raises(InputError, match="other has no version 1; it has: none"):
        versions.get_version(client, "other", "1")


def test_history_shows_the_number_that_a_version_has_here(client):
    for identity in ("a", "b"):
        add_version(client, identity)
    assert versions.describe_number(client, NAME, "1", "a") == "1"
    assert versions.describe_number(client, NAME, "7", "b") == "7 (version 2 here)"
    assert versions.describe_number(client, NAME, "1", "gone") == "1 (not the version 1 here)"
    assert versions.describe_number(client, NAME, "9", "gone") == "9"
