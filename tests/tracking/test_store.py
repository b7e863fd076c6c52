"""Settings of MLFLOW_TRACKING_URI, checkouts and servers that MLflow cannot use."""

import os
import socket
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import mlflow
import pytest
from mlflow_server import MlflowServer

from rnnops.core.errors import InputError
from rnnops.tracking import store

ROOT = Path(__file__).parents[2]
RNNOPS = str(Path(sys.executable).parent / "rnnops")


def rnnops(*arguments, cwd, **options):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "DVC_"))}
    environment |= options.pop("env", {})
    return subprocess.run(
        [RNNOPS, *arguments], cwd=cwd, env=environment, capture_output=True, text=True,
        check=False, **options,
    )  # fmt: skip


@pytest.fixture
def checkout(tmp_path):
    """A folder with the project's parameters and nothing else."""
    (tmp_path / "params.yaml").write_text((ROOT / "params.yaml").read_text())
    return tmp_path


@pytest.fixture
def other_server(request):
    """The address of an HTTP server that answers everything alike: with a status and a page."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = request.param
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    "uri",
    ["localhost:5000", "127.0.0.1:5000", "/some/folder", "mlruns", "ftp://host/x", "http://[host"],
)
def test_a_uri_that_mlflow_cannot_use_is_named_with_those_that_it_can(tmp_path, monkeypatch, uri):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    with pytest.raises(InputError) as refused:
        store.connect()
    assert f"MLFLOW_TRACKING_URI={uri} " in str(refused.value)
    assert "MLflow" in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_a_database_without_its_driver_or_that_is_none_is_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("not a database" * 100)
    for uri, reason in (
        ("mysql+unknown://ann:secret@host/x", "mysql.unknown"),
        (f"sqlite:///{tmp_path}/notes.txt", "file is not a database"),
    ):
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        with pytest.raises(InputError, match=reason) as refused:
            store.connect()
        assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("other_server", "reason"),
    [
        ((404, b"<html>not found</html>"), "does not answer as an MLflow server does: .* 404"),
        ((200, b"<html>welcome</html>"), "does not answer as an MLflow server does: .* JSON"),
        ((401, b""), "refuses access: check MLFLOW_TRACKING_USERNAME"),
        ((403, b"no"), "refuses access: check MLFLOW_TRACKING_USERNAME"),
    ],
    indirect=["other_server"],
)
def test_a_server_that_is_not_mlflows_or_asks_for_a_password_is_one_line(
    tmp_path, monkeypatch, other_server, reason
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", other_server)
    with pytest.raises(InputError, match=reason):
        store.connect()


@pytest.mark.parametrize(
    "arguments",
    [["history"], ["promote"], ["summary"], ["ui"], ["lineage", "mine-classifier/1"],
     ["predict", "note.txt"], ["predict", "--model", "models:/mine-classifier/1", "note.txt"]],
    ids=" ".join,
)  # fmt: skip
def test_in_a_folder_that_is_no_checkout_nothing_is_made(tmp_path, arguments):
    (tmp_path / "note.txt").write_text("lunch?")
    done = rnnops(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "does not exist: run" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_a_checkout_before_its_first_run_says_what_to_run(checkout):
    for arguments, reason in (
        (["summary"], "run `dvc repro` to make it"),
        (["promote"], "has no version: run `dvc repro` to make one"),
        (["predict", "params.yaml"], "no version of spam-email-classifier is registered"),
        (["history", "--dataset", "nothing"], "'nothing' is not in the catalog"),
    ):
        done = rnnops(*arguments, cwd=checkout)
        assert reason in done.stderr
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_a_checkout_whose_path_no_address_can_hold_is_one_line(tmp_path, monkeypatch):
    folder = tmp_path / "really?"
    folder.mkdir()
    (folder / "params.yaml").touch()
    monkeypatch.chdir(folder)
    with pytest.raises(InputError, match=r"really\?: .* cannot hold a question mark: rename"):
        store.connect()
    assert [path.name for path in tmp_path.rglob("*")] == ["really?", "params.yaml"]


def test_a_file_in_the_place_of_the_store_is_one_line(checkout, monkeypatch):
    monkeypatch.chdir(checkout)
    (checkout / "mlruns").write_text("")
    with pytest.raises(InputError, match="cannot write to .*mlruns: File exists"):
        store.connect()


READ_ONLY = """
import os
from rnnops.core import files
from rnnops.core.errors import InputError
from rnnops.tracking import store
if os.geteuid() == 0:
    os.setuid(65534)  # whom, unlike root, permissions bind
for attempt in (store.connect, lambda: files.write_text("x", "reports/x.json")):
    try:
        attempt()
    except InputError as error:
        print(error)
"""


@pytest.fixture
def read_only():
    """A checkout that anybody may read, which pytest's own folders are not, and nobody write."""
    with tempfile.TemporaryDirectory() as folder:
        checkout = Path(folder).resolve()
        (checkout / "params.yaml").write_text((ROOT / "params.yaml").read_text())
        checkout.chmod(0o555)
        yield checkout
        checkout.chmod(0o755)


def run_in(checkout, script, **environment):
    plain = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
    return subprocess.run(
        [sys.executable, "-c", script], cwd=checkout, env=plain | environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_read_only_checkout_is_one_line(read_only):
    store_line, file_line = run_in(read_only, READ_ONLY).stdout.splitlines()
    assert store_line.startswith(f"cannot write to {read_only}/mlruns: Permission denied")
    assert file_line == "cannot write reports/x.json: Permission denied"


READ_ONLY_WITH_A_SERVER = """
import os
from rnnops.registry import reconciliation
from rnnops.tracking import store
client = store.connect()
print(store.experiment_id(client, "known"), reconciliation.reconcile(client, "mine-classifier"))
print(os.listdir())
if os.geteuid() == 0:
    os.setuid(65534)  # only now: nobody may not read the environment in every place
store.experiment_id(client, "new")
"""


def test_a_read_only_checkout_reads_from_a_server(read_only, tmp_path_factory):
    with MlflowServer(tmp_path_factory.mktemp("server")) as server:
        mlflow.MlflowClient(server.uri).create_experiment("known")
        done = run_in(read_only, READ_ONLY_WITH_A_SERVER, MLFLOW_TRACKING_URI=server.uri)
    assert done.stdout == "1 []\n['params.yaml']\n", done.stderr
    reason = f"cannot write to {read_only}/mlruns: Permission denied; the lock of this checkout is"
    assert reason in done.stderr.splitlines()[-1]


def test_the_ui_names_a_port_that_is_free(checkout):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = rnnops("ui", "--port", str(port), cwd=checkout)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"error: port {port} is in use")
    assert "runs:" not in done.stdout


def test_the_ui_of_a_server_is_on_the_server(checkout, tmp_path_factory):
    with MlflowServer(tmp_path_factory.mktemp("server")) as server:
        shown = rnnops("ui", cwd=checkout, env={"MLFLOW_TRACKING_URI": server.uri})
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith(f"runs: {server.uri}/#/experiments/1/runs?")
    assert shown.stdout.count("\n") == 1


def test_a_page_is_not_written_over_a_folder(checkout):
    done = rnnops("explain", "params.yaml", "--output", ".", cwd=checkout)
    assert done.stderr == "error: --output . is a folder: name the page, page.html\n"
    assert done.returncode == 1
