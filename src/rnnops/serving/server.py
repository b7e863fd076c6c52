"""Running the server: from the first model to the last answer."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp

from rnnops.core.console import note
from rnnops.core.errors import InputError
from rnnops.serving.app import create_app
from rnnops.serving.feedback import Feedback
from rnnops.serving.metrics import Metrics
from rnnops.serving.models import Models, describe
from rnnops.serving.prediction_log import ServedLog
from rnnops.serving.project import Project, Served
from rnnops.serving.protocol import BoundedProtocol
from rnnops.serving.service import Service
from rnnops.serving.settings import Settings

SECONDS_TO_KEEP_ALIVE = 75  # longer than reverse proxies keep theirs, so that they never send late
SECONDS_OF_ONE_SIGNAL = 1  # `timeout` and others send it to the process and to its group
SECONDS_TO_FINISH = 5  # more than a request may take

SECONDS_TO_STORE = 30  # labels and predictions, at the end


class _Server(uvicorn.Server):
    """Uvicorn's server without its signal handlers, which end the process with the signal."""

    def install(self, stop: Callable[[], None]) -> None:
        """On the first signal stop, on the second end at once; other threads get no signals."""
        loop = asyncio.get_running_loop()
        stopped_at = 0.0

        def handle() -> None:
            nonlocal stopped_at
            if not self.should_exit:
                stopped_at = loop.time()
                stop()
                self.should_exit = True
            elif loop.time() - stopped_at > SECONDS_OF_ONE_SIGNAL:
                os._exit(1)

        with suppress(ValueError, RuntimeError):  # not in the main thread
            for each in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(each, handle)


def serve(settings: Settings, on_start: Callable[[str, _Server], None] | None = None) -> None:
    """Serve until a signal says stop; requests that were accepted are answered before.

    Args:
        on_start: called with the address once the server takes requests.

    Raises:
        InputError: when it cannot start: no model, no project, or an address that is in use.
    """
    with listen(settings.host, settings.port) as listener:
        asyncio.run(_serve(settings, listener, on_start))


async def _serve(
    settings: Settings,
    listener: socket.socket,
    on_start: Callable[[str, _Server], None] | None,
) -> None:
    metrics = Metrics()
    project = Project(settings.chooser, settings.model)
    models = Models(settings, metrics, project.choose)
    try:
        await models.start()
        if settings.keeps_log:
            _require_version(models.current.served)
    except BaseException:
        project.kill()
        models.kill()
        raise
    feedback = Feedback(project, metrics, settings.limits.seconds)
    log = ServedLog(project, metrics, keeps_texts=settings.log_texts)
    service = Service(settings, models, feedback, metrics, log if settings.keeps_log else None)
    server = _Server(_configure(create_app(service, settings, metrics), settings))
    if settings.model is not None:
        await project.close()  # until somebody sends a label
    server.install(service.stop)
    listener.listen()  # from now on clients wait, and are not refused
    address = shown_address(listener)
    _print_notes(settings, models.current.served, address)
    if on_start:
        asyncio.get_running_loop().call_soon(on_start, address, server)
    log.start()
    checking = asyncio.ensure_future(models.check_regularly()) if settings.model is None else None
    await server._serve([listener])
    if checking:
        checking.cancel()
        await asyncio.wait([checking])
    await _store_the_rest(feedback, log, project)
    await models.close()
    await project.close()


async def _store_the_rest(feedback: Feedback, log: ServedLog, project: Project) -> None:
    """Store what is left, as far as that takes no more than some seconds."""
    storing = asyncio.gather(feedback.close(), log.close())
    if not (await asyncio.wait([storing], timeout=SECONDS_TO_STORE))[0]:
        project.kill()  # what is being stored fails, and is reported
    await storing


def _configure(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    # malformed requests are answered, and would fill the log
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    return uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # a client could write another address than its own into the log
        timeout_keep_alive=SECONDS_TO_KEEP_ALIVE,
        timeout_graceful_shutdown=int(settings.limits.seconds) + SECONDS_TO_FINISH,
    )


def _require_version(served: Served) -> None:
    if served.version is None:
        raise InputError(
            f"--log needs a registered version, such as models:/NAME/3: {describe(served)} is none"
        )


def _print_notes(settings: Settings, served: Served, address: str) -> None:
    note(f"{describe(served)} answers at {address}")
    if not settings.is_on_loopback and settings.token is None:
        note(
            f"{settings.host} is reached from elsewhere, and nobody needs a token: --token-file "
            "asks for one"
        )


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address, which does not listen yet.

    Raises:
        InputError: when the address is none of this machine's, or in use.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise InputError(f"--host {host}: {_reason(error)}") from None
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise InputError(
            f"cannot listen on {host} port {port}: {_reason(error)}; --port chooses another"
        ) from None
    return listener


def shown_address(listener: socket.socket) -> str:
    """The URL that a bound socket is reached at."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
