"""The command that serves a model over HTTP: `serve`."""

from pathlib import Path
from typing import Annotated

import typer

from rnnops.cli.options import Log, LogTexts
from rnnops.core.cores import usable_cores


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    model: Annotated[
        str | None,
        typer.Option(
            help="Folder or MLflow URI of the only model to serve; default: the champion, also "
            "after a promotion or rollback, else the newest version that passed the gate."
        ),
    ] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, help="Processes that score; default: one a core.")
    ] = None,
    batch_size: Annotated[
        int, typer.Option(min=1, help="Messages that a process gets at a time.")
    ] = 32,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that a request may take.")] = 30,
    max_bytes: Annotated[int, typer.Option(min=1, help="Bytes of a request.")] = 33_554_432,
    max_messages: Annotated[int, typer.Option(min=1, help="Messages of a request.")] = 1000,
    max_waiting: Annotated[
        int, typer.Option(min=1, help="Messages that wait; more are refused with status 503.")
    ] = 2000,
    check_every: Annotated[
        float, typer.Option(min=0.1, help="Seconds between looks for another champion.")
    ] = 5,
    token_file: Annotated[
        Path | None,
        typer.Option(help="Has the token that clients must send; default: RNNOPS_TOKEN, if set."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="A name that clients use for this server; may be repeated."
        ),
    ] = None,
    log: Log = False,
    log_texts: LogTexts = False,
    access_log: Annotated[
        bool, typer.Option(help="A JSON line for each request on standard error.")
    ] = True,
) -> None:
    """Serve the champion over HTTP: /predict, /explain, /feedback, a page at / and more.

    Ctrl-C or SIGTERM ends it after the requests that it has accepted.
    """
    from rnnops.serving.server import serve as run
    from rnnops.serving.settings import Limits, Settings, read_token

    limits = Limits(
        body_bytes=max_bytes,
        messages=max_messages,
        waiting_messages=max_waiting,
        bytes_in_memory=8 * max_bytes,
        batch_size=batch_size,
        seconds=timeout,
    )
    settings = Settings(
        processes=processes or usable_cores(),
        host=host,
        port=port,
        model=model,
        check_every=check_every,
        token=read_token(token_file),
        names=frozenset(name.lower() for name in allow_host or ()),
        log=log,
        log_texts=log_texts,
        access_log=access_log,
        limits=limits,
    )
    run(settings)
