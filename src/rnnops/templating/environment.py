"""HTML and Markdown from Jinja2 templates, in which every value is escaped.

A package keeps its templates in its folder `templates`; a name ends in `.html.j2` or `.md.j2`.
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined
from markupsafe import Markup

from rnnops.templating.escaping import (
    isolate_html,
    isolate_markdown,
    to_code,
    to_html,
    to_markdown,
)


def render(template: str, **values: Any) -> str:
    """The page of a template, named from the package on: `report/templates/report.html.j2`.

    Raises:
        jinja2.UndefinedError: if the template uses a value that is not given.
    """
    environment = _html() if template.endswith(".html.j2") else markdown_environment()
    return environment.get_template(template).render(values)


def markdown_table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table, its columns aligned to the left."""
    module: Any = markdown_environment().get_template("templating/templates/table.md.j2").module
    return str(module.table(heads, rows, left=len(heads)))


@cache
def markdown_environment(folder: Path | None = None) -> Environment:
    """The environment of Markdown templates: the package's and those in `folder`.

    Besides Jinja2's filters it has `code`, `isolated` and `thousands`.
    """
    environment = _environment(to_markdown, folder)
    environment.filters |= {"code": to_code, "isolated": isolate_markdown}
    return environment


@cache
def _html() -> Environment:
    environment = _environment(to_html)
    environment.filters["isolated"] = isolate_html
    return environment


def _environment(escape: Callable[[object], Markup], folder: Path | None = None) -> Environment:
    package = PackageLoader("rnnops", "")
    # `finalize` escapes each value; autoescape marks what macros and blocks give as done.
    environment = Environment(
        loader=ChoiceLoader([package, FileSystemLoader(folder)]) if folder else package,
        autoescape=True,
        finalize=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["thousands"] = "{:,}".format
    return environment
