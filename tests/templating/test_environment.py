import re
from pathlib import Path

import jinja2
import pytest
from hatchling.builders.wheel import WheelBuilder
from import_closure import closure
from ruamel.yaml import YAML

from rnnops.templating.environment import markdown_table, render

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "rnnops"
TEMPLATES = sorted(PACKAGE.rglob("*.j2"))
NAMED = re.compile(r'"([\w/]+/templates/[\w.]+\.j2)"')
STAGES = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]


def named_templates(files):
    """The templates that the files name, and those that these name."""
    found, waiting = set(), set(files)
    while waiting:
        for name in NAMED.findall(waiting.pop().read_text()):
            template = PACKAGE / name
            if template not in found:
                found.add(template)
                waiting.add(template)
    return found


@pytest.mark.parametrize("stage", [each for each in STAGES if each != "register"])
def test_a_stage_depends_on_the_templates_it_renders(stage):
    used = named_templates(closure(ROOT / "pipeline" / f"{stage}.py", ROOT))
    folders = [ROOT / dep for dep in STAGES[stage]["deps"]]
    assert [each for each in used if not any(map(each.is_relative_to, folders))] == []


def test_the_evaluation_renders_templates():
    used = named_templates(closure(ROOT / "pipeline" / "evaluate.py", ROOT))
    assert PACKAGE / "report/templates/report.html.j2" in used
    assert PACKAGE / "templating/templates/page.html.j2" in used


def test_every_template_is_used_and_in_the_wheel():
    assert set(TEMPLATES) == named_templates(PACKAGE.rglob("*.py"))
    included = {file.path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    assert {str(template) for template in TEMPLATES} <= included


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_value_begins_a_line_of_markdown(template):
    """There `#`, `-` and numbers would be markup."""
    if template.name.endswith(".md.j2"):
        values = re.findall(r"^\{\{(?! (?:table|line)\()", template.read_text(), re.MULTILINE)
        assert values == []


def test_a_value_that_is_not_given_is_an_error():
    with pytest.raises(jinja2.UndefinedError, match="kind"):
        render("registry/templates/registered_model.md.j2")


def test_a_markdown_table_has_a_line_for_each_row():
    assert markdown_table(("name", ""), [["a|b", 1], ["רגיל", None]]) == (
        "| name |  |\n| --- | --- |\n| a\\|b | 1 |\n| \u2068רגיל\u2069 | None |"
    )
