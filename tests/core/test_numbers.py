import pytest

from rnnops.core.numbers import format_interval, format_number, format_probability


@pytest.mark.parametrize(
    ("value", "sign", "decimals", "shown"),
    [
        (None, "", 4, "n/a"),
        (1200, "", 4, "1,200"),
        (-30, "+", 4, "-30"),
        (0.98124, "", 4, "0.9812"),
        (0.0, "+", 4, "+0.0000"),
        (0.98124, "", 2, "0.98"),
        (-0.00002, "+", 4, "-2e-05"),
        (0.00052, "", 4, "0.00052"),
        (0.00096, "", 4, "0.0010"),
        (-1.1e-16, "", 4, "0.0000"),
    ],
)
def test_a_number_is_written_with_its_decimals(value, sign, decimals, shown):
    assert format_number(value, sign, decimals) == shown


def test_an_interval_is_written_as_its_ends_are():
    assert format_interval(-0.01, 0.02, "+") == "-0.0100 to +0.0200"
    assert format_interval(0.5, 1.0, decimals=2) == "0.50 to 1.00"
    assert format_interval(None, None) == ""


def test_probabilities_have_one_width():
    assert [format_probability(each) for each in (0.5, 1e-9, 1.0)] == ["0.5000", "0.0000", "1.0000"]
