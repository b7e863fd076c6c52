"""A format's number stands for all that turns a saved classifier's files into answers."""

from pathlib import Path

import pytest
from runtime_format import describe

from rnnops.core import files


def test_what_a_format_answers_stays_as_it_is():
    """If this fails on purpose, raise FORMAT and write format.json anew: its module says how."""
    kept = files.read_json(Path(__file__).with_name("format.json"))
    found = describe()
    assert found.pop("probabilities") == pytest.approx(kept.pop("probabilities"), abs=2e-6)
    assert found == kept
