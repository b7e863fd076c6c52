"""Great Expectations' results as one page for people that reads the same offline and next year.

Great Expectations' own page needs style sheets and scripts from the network, names the time it was
made and takes values for markup. Its rendered sections are kept; the page around them is ours.
"""

import html
import json
from typing import Any

from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.core.expectation_validation_result import (
    ExpectationSuiteValidationResultSchema,
)
from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view import DefaultJinjaPageView

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Data Docs: {{ report.dataset }}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1f2328; }
h5 { font-size: 1.2rem; margin: 2rem 0 .3rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem;
  border-bottom: 1px solid #d1d9e0; overflow-wrap: anywhere; }
th { color: #59636e; font-weight: 600; }
.table > * > tr > :first-child { width: 4rem; }
.table > * > tr > :last-child { width: 14rem; }
.table-sm { margin: .4rem 0; font-size: .85rem; background: #f6f8fa; }
.fas { font-style: normal; font-weight: bold; }
.fa-check-circle::before { content: "\\2713"; color: #1a7f37; }
.fa-times::before { content: "\\2717"; color: #cf222e; }
.fa-exclamation-triangle::before { content: "!"; color: #cf222e; }
.verdict { padding: .8rem 1rem; border-left: .4rem solid #1a7f37; background: #dafbe1; }
.verdict.failed { border-color: #cf222e; background: #ffebe9; }
</style>
</head>
<body>
<h1>{{ report.dataset }}</h1>
<div class="verdict{{ '' if report.success else ' failed' }}">
<strong>{{ 'Fit to train on' if report.success else 'Not fit to train on' }}</strong>:
{{ '{:,}'.format(report.messages) }} messages, {{ report.expectations }} expectations,
critical failures: {{ report.failed.critical }}, warnings: {{ report.failed.warning }}.
{% if failures %}<ul>{% for line in failures %}<li>{{ line }}</li>{% endfor %}</ul>{% endif %}
</div>
<p>A critical failure stops the pipeline, a warning does not. What is expected follows from the
dataset's entry in <code>params.yaml</code>.</p>
{% for section in sections %}
{% set section_loop = loop %}
{% include 'section.j2' %}
{% endfor %}
<p>Checked by Great Expectations {{ ge_version }}.</p>
</body>
</html>
"""


def render_page(
    report: dict[str, Any], failures: list[str], results: list[ExpectationSuiteValidationResult]
) -> str:
    """The page as HTML; equal results give equal bytes."""
    sections = [section for result in results for section in _sections(result)]
    template = DefaultJinjaPageView().env.from_string(PAGE)
    page = template.render(report=report, failures=failures, sections=sections)
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
