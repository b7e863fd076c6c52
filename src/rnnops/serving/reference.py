"""The page /docs: the OpenAPI description for people, without scripts."""

import json
from collections.abc import Iterator
from typing import Any

from rnnops.templating.environment import render


def render_reference(description: dict[str, Any]) -> str:
    """The page of an OpenAPI document."""
    return render(
        "serving/templates/reference.html.j2",
        title=description["info"]["title"],
        version=description["info"]["version"],
        summary=description["info"]["description"],
        operations=list(_operations(description)),
    )


def _operations(description: dict[str, Any]) -> Iterator[dict[str, Any]]:
    schemas = description.get("components", {}).get("schemas", {})
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            bodies = operation.get("requestBody", {}).get("content", {})
            yield {
                "name": f"{method.upper()} {path}",
                "anchor": path.strip("/"),
                "summary": operation["summary"],
                "bodies": [
                    {"type": kind, "example": _example(kind, body), "note": _note(body)}
                    for kind, body in bodies.items()
                ],
                "answers": [
                    {
                        "status": status,
                        "description": answer["description"],
                        "fields": list(_fields(answer, schemas)),
                    }
                    for status, answer in operation["responses"].items()
                ],
            }


def _example(kind: str, body: dict[str, Any]) -> str:
    example = body.get("example", "")
    return json.dumps(example, ensure_ascii=False) if kind == "application/json" else str(example)


def _note(body: dict[str, Any]) -> str:
    return body["schema"].get("description", "") if "anyOf" not in body["schema"] else ""


def _fields(answer: dict[str, Any], schemas: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Names and meanings of an answer's headers and fields, those of lists' items too."""
    for name, header in answer.get("headers", {}).items():
        yield {"name": name, "description": header["description"]}
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    yield from _named(schema, schemas, "")


def _named(
    schema: dict[str, Any], schemas: dict[str, Any], prefix: str
) -> Iterator[dict[str, str]]:
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    for name, value in schema.get("properties", {}).items():
        yield {"name": f"{prefix}{name}", "description": value.get("description", "")}
        if "items" in value:
            yield from _named(value["items"], schemas, f"{prefix}{name}[].")
