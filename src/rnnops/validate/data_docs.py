"""Great Expectations' results as one page for people that reads the same offline and next year.

Great Expectations' own page needs style sheets and scripts from the network, names the time it was
made and takes values for markup. Its rendered sections are kept; the page around them is ours.
"""

import html
import json
from typing import Any

import great_expectations
from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.core.expectation_validation_result import (
    ExpectationSuiteValidationResultSchema,
)
from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view import DefaultJinjaPageView
from markupsafe import Markup

from rnnops.templating.environment import render
from rnnops.validate.validation_report import rows_of

SECTIONS = """\
{% for section in sections %}
{% set section_loop = loop %}
{% include 'section.j2' %}
{% endfor %}
"""


def render_page(
    report: dict[str, Any], failures: list[str], results: list[ExpectationSuiteValidationResult]
) -> str:
    """The page as HTML; equal results give equal bytes."""
    sections = [section for result in results for section in _sections(result)]
    template = DefaultJinjaPageView().env.from_string(SECTIONS)
    page = render(
        "validate/templates/data_docs.html.j2",
        title=f"Data docs: {report['dataset']}",
        report=report,
        of=rows_of(report),
        failures=failures,
        sections=Markup(template.render(sections=sections)),  # noqa: S704 - escaped in _sections
        version=great_expectations.__version__,
    )
    return "\n".join(line.rstrip() for line in page.splitlines() if line.strip()) + "\n"


def _sections(result: ExpectationSuiteValidationResult) -> list[dict[str, Any]]:
    """Great Expectations' sections, less those about the run: they hold its time and its ids.

    The detour over JSON escapes every value and turns NumPy's numbers, which the renderer cannot
    print, into plain ones.
    """
    escaped = html.escape(json.dumps(result.to_json_dict()), quote=False)
    plain = ExpectationSuiteValidationResultSchema().loads(escaped)
    document = ValidationResultsPageRenderer(run_info_at_end=True).render(plain).to_json_dict()
    about_the_run = ("Overview", "Run Info")
    return [one for one in document["sections"] if one["section_name"] not in about_the_run]
