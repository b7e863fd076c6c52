"""A server of the tests in a thread of this process: real HTTP, a small model."""

import os
import threading
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from rnnops.serving.server import serve
from rnnops.serving.settings import Settings

HERE = Path(__file__).parent


def choose_folder(uri):
    """What to serve: the folder that the file at `uri` names, or an error."""
    named = Path(uri).read_text().split()
    return SimpleNamespace(name="tiny", version=named[1], verdict="champion", folder=Path(named[0]))


@contextmanager
def running(**settings):
    """The address of a server with these settings."""
    os.environ["PYTHONPATH"] = str(HERE)
    started = threading.Event()
    found = {}

    def on_start(address, server):
        found.update(address=address, server=server)
        started.set()

    def run():
        try:
            serve(Settings(port=0, **settings), on_start)
        except BaseException as error:
            found["error"] = error
            raise
        finally:
            started.set()

    thread = threading.Thread(target=run)
    thread.start()
    assert started.wait(60)
    if "error" in found:
        raise found["error"]
    try:
        yield found["address"]
    finally:
        found["server"].should_exit = True
        thread.join(60)
