"""docs/data.md lists each key that an entry of the catalog may have, with its default."""

import re
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined
from ruamel.yaml import YAML

from rnnops.core.catalog import Dataset, Expect, Fetch, FoldersRead, MailRead, TableRead

TEXT = (Path(__file__).parents[2] / "docs/data.md").read_text()
SECTIONS = {
    "fetch": Fetch,
    "read: tables": TableRead,
    "read: mail": MailRead,
    "read: folders": FoldersRead,
    "expect": Expect,
    "The rest of an entry": Dataset,
}


def section(heading):
    return re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)[1]


def documented(heading):
    """The default that is documented for each key, "" for none."""
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) ?\| .*\|$", section(heading), re.MULTILINE))


@pytest.mark.parametrize("heading", SECTIONS)
def test_the_keys_documented_are_those_there_are(heading):
    assert set(documented(heading)) == set(SECTIONS[heading].model_fields)


@pytest.mark.parametrize("heading", SECTIONS)
def test_the_defaults_documented_are_those_there_are(heading):
    for key, shown in documented(heading).items():
        default = SECTIONS[heading].model_fields[key].default
        if default is PydanticUndefined:
            assert shown == "", key
        elif isinstance(default, str | int | float):
            assert shown == f"`{default}`", key
        else:  # what takes a value's place is described in words
            assert not shown.startswith("`"), key


@pytest.mark.parametrize("heading", ["fetch", "read: tables", "read: mail", "read: folders"])
def test_the_examples_are_valid(heading):
    examples = "".join(re.findall(r"```yaml\n(.*?)```", section(heading), re.DOTALL)).splitlines()
    assert examples
    for line in examples:
        entry = {"fetch": {"path": "data/incoming/a"}, "read": {"format": "csv"}}
        Dataset(**entry | YAML(typ="safe").load(line))
