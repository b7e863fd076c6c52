"""docs/data.md lists each key that an entry of the catalog may have, with its default."""

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic_core import PydanticUndefined
from ruamel.yaml import YAML

from rnnops.catalog.dataset import (
    Dataset,
    Expect,
    Fetch,
    FoldersRead,
    Fractions,
    MailRead,
    TableRead,
    TermParams,
    TextsRead,
)

TEXT = (Path(__file__).parents[2] / "docs/data.md").read_text()
SECTIONS = {
    "fetch": Fetch,
    "read: tables": TableRead,
    "read: mail": MailRead,
    "read: folders": FoldersRead,
    "read: documents": TextsRead,
    "expect": Expect,
    "The rest of an entry": Dataset,
    "split": Fractions,
    "terms": TermParams,
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


def examples(heading):
    """The lines of the section's YAML, each a part of an entry."""
    blocks = re.findall(r"```yaml\n(.*?)```", section(heading), re.DOTALL)
    return [YAML(typ="safe").load(line) for line in "".join(blocks).splitlines()]


@pytest.mark.parametrize("heading", SECTIONS)
def test_the_examples_are_valid(heading):
    assert examples(heading)
    for example in examples(heading):
        entry = {"fetch": {"path": "data/incoming/a"}, "read": {"format": "csv"}}
        Dataset(**entry | example)


@pytest.mark.parametrize("heading", SECTIONS)
def test_each_key_and_format_has_an_example(heading):
    name = heading.split(":")[0]
    if heading == "The rest of an entry":
        shown = {key for each in SECTIONS for example in examples(each) for key in example}
    else:
        shown = {key for example in examples(heading) for key in example[name]}
    assert shown >= set(SECTIONS[heading].model_fields)
    if name == "read":
        formats = get_args(SECTIONS[heading].model_fields["format"].annotation)
        assert {example["read"]["format"] for example in examples(heading)} == set(formats)
