import pytest

from rnnops.core.suggestions import suggest


@pytest.mark.parametrize(
    ("wanted", "known", "end"),
    [
        ("lable", ["label", "text"], "; did you mean 'label'?"),
        ("CSV", ["csv", "tsv"], "; did you mean 'csv'?"),
        ("text", ["Text"], "; did you mean 'Text'?"),
        ("text", ["body", "kind"], ""),
        ("text", ["text"], ""),
        ("text", [], ""),
    ],
)
def test_the_closest_name_is_suggested(wanted, known, end):
    assert suggest(wanted, known) == end
