"""The application: which path leads where, and how each is described."""

from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, cast

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from rnnops.serving import answers, schemas
from rnnops.serving.edge import Edge
from rnnops.serving.metrics import Metrics
from rnnops.serving.problems import Problem, to_response
from rnnops.serving.reading import Disconnected
from rnnops.serving.reference import render_reference
from rnnops.serving.service import RNNOPS, Service
from rnnops.serving.settings import Settings

STATIC = Path(__file__).with_name("static")
MEDIA_TYPES = {".css": "text/css", ".html": "text/html", ".js": "text/javascript"}
PROBLEMS = {
    400: "The body is not what its Content-Type says.",
    401: "The token is missing or wrong.",
    404: "The answer is not remembered any more.",
    408: "The body came too slowly.",
    413: "The body has too many bytes or messages.",
    415: "The Content-Type or charset is not supported.",
    422: "The body is no request for this path.",
    500: "The model could not score the message.",
    503: "The server cannot take this now; Retry-After says when to try again.",
}
MODEL_HEADERS = {
    "X-Model": "The model's name.",
    "X-Model-Version": "Its version; missing for a model that is not registered.",
    "X-Model-Threshold": "The decision threshold; missing where the most probable label is taken.",
}
POSTED = (400, 401, 408, 413, 415, 422, 500, 503)
Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


class _Route(APIRoute):
    """A route whose endpoint reads the request itself: no parameter is looked for."""

    def get_route_handler(self) -> Endpoint:
        """The endpoint."""
        return self.endpoint


def create_app(service: Service, settings: Settings, metrics: Metrics) -> Edge:
    """The ASGI application."""
    app = FastAPI(
        title="rnnops",
        version=RNNOPS,
        description="Classifies messages with the project's champion.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    post, get = partial(_describe, app, "POST"), partial(_describe, app, "GET")
    body = schemas.messages_body
    post("/predict", service.predict, schemas.Predictions, body(schemas.OneText, schemas.Texts))
    post("/explain", service.explain, schemas.Explanation, body(schemas.OneText))
    post("/feedback", service.feedback, schemas.Outcome, schemas.feedback_body(), (*POSTED, 404))
    post(
        "/invocations", service.invocations, None, schemas.invocation_body(), headers=MODEL_HEADERS
    )
    get("/ping", service.ping, None)
    get("/health", service.health, None)
    get("/ready", service.ready, schemas.Readiness)
    get("/version", service.version, schemas.Version)
    get("/metrics", service.metrics, None)
    app.add_route("/", partial(_file, STATIC / "page.html"), ["GET"])
    for file in sorted(STATIC.iterdir()):
        app.add_route(f"/static/{file.name}", partial(_file, file), ["GET"])
    app.add_route("/openapi.json", partial(_openapi, app), ["GET"])
    app.add_route("/docs", partial(_reference, app), ["GET"])
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(Disconnected, _answer_nobody)
    app.add_exception_handler(HTTPException, _answer_refusal)
    app.add_exception_handler(Exception, _answer_failure)
    routes = [route.path for route in app.routes if hasattr(route, "path")]
    return Edge(app, settings, metrics, routes, service.refusal)


def _describe(
    app: FastAPI,
    method: str,
    path: str,
    endpoint: Endpoint,
    answer: type[BaseModel] | None,
    body: dict[str, Any] | None = None,
    statuses: tuple[int, ...] = POSTED,
    headers: dict[str, str] | None = None,
) -> None:
    """Add a route and what /openapi.json says of it."""
    problem = {"application/problem+json": {"schema": schemas.ProblemDetails.model_json_schema()}}
    responses: dict[int | str, dict[str, Any]] = {
        status: {"description": PROBLEMS[status], "content": problem}
        for status in sorted(statuses if body else ())
    }
    if answer:
        responses[200] = {"model": answer, "description": (answer.__doc__ or "").strip()}
    if headers:
        described = {
            name: {"description": text, "schema": {"type": "string"}}
            for name, text in headers.items()
        }
        responses[200] = {"description": "The predictions.", "headers": described}
    app.router.add_api_route(
        path,
        endpoint,
        route_class_override=_Route,
        methods=[method],
        response_model=None,
        response_class=Response,
        responses=responses,
        openapi_extra={"requestBody": {"required": True, "content": body}} if body else None,
        summary=(endpoint.__doc__ or "").strip(),
    )


async def _file(file: Path, request: Request) -> Response:  # noqa: ARG001
    return Response(file.read_bytes(), media_type=MEDIA_TYPES[file.suffix])


async def _openapi(app: FastAPI, request: Request) -> Response:  # noqa: ARG001
    return Response(answers.to_json(app.openapi()), media_type="application/json")


async def _reference(app: FastAPI, request: Request) -> Response:  # noqa: ARG001
    return Response(render_reference(app.openapi()), media_type="text/html")


async def _answer_problem(request: Request, problem: Exception) -> Response:  # noqa: ARG001
    return to_response(cast("Problem", problem))


async def _answer_nobody(request: Request, gone: Exception) -> Response:  # noqa: ARG001
    return Response(status_code=499)


async def _answer_refusal(request: Request, error: Exception) -> Response:
    """Paths and methods that there are not."""
    refusal = cast("HTTPException", error)
    status, path = refusal.status_code, request.url.path[:80]
    detail = f"{request.method[:20]} {path}: {refusal.detail}"
    if status == 404:
        detail = f"there is no {path}: /docs lists what there is"
    if status == 405:
        allowed = (refusal.headers or {}).get("Allow", "")
        detail = f"{path} does not take {request.method[:20]}: send {allowed}"
    return to_response(Problem(status, detail, refusal.headers))


async def _answer_failure(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return to_response(Problem(500, "the server failed: its log says why"))
