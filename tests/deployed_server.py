"""An MLflow server as docs/deploy.md has it: PostgreSQL, S3, and accounts with passwords."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from mlflow_server import MlflowServer
from s3_server import BUCKET, SECRETS, S3Server

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
PROGRAMS = os.pathsep.join([*map(str, reversed(DEBIAN)), os.environ["PATH"]])
HAS_POSTGRESQL = shutil.which("initdb", path=PROGRAMS) is not None
PASSWORD = "one of the tests' own"  # noqa: S105
DATABASES = ("mlflow", "mlflow_auth")


class PostgreSQL:
    """A cluster of its own on loopback, with the role `mlflow`, which owns two databases.

    PostgreSQL refuses to run as root: then it runs as the user that Debian's package has made.
    """

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
        self._user: dict[str, Any] = {}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            self._user = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def __enter__(self) -> "PostgreSQL":
        password, data = self._folder / "password", str(self._folder / "data")
        password.write_text(PASSWORD)
        password.chmod(0o644)
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -F"
        access = ("-A", "scram-sha-256", "-U", "mlflow", f"--pwfile={password}")
        self._run("initdb", "-D", data, "-E", "UTF8", *access)
        self._run("pg_ctl", "-D", data, "-o", options, "-l", f"{self._folder}/log", "-w", "start")
        for name in DATABASES:
            self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "mlflow", name)
        return self

    def __exit__(self, *error: object) -> None:
        with suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self._folder)

    def uri(self, database: str) -> str:
        """Where SQLAlchemy finds the database."""
        password = PASSWORD.replace(" ", "%20").replace("'", "%27")
        return f"postgresql+psycopg://mlflow:{password}@127.0.0.1:{self.port}/{database}"

    def _run(self, program: str, *arguments: str) -> None:
        found = shutil.which(program, path=PROGRAMS)
        assert found
        subprocess.run(
            [found, *arguments],
            cwd=self._folder,
            env={**os.environ, "PGPASSWORD": PASSWORD, "LC_ALL": "C"},
            stdout=subprocess.DEVNULL,
            check=True,
            **self._user,
        )


class DeployedServer(MlflowServer):
    """The server, its database and its store of artifacts, running in a `with` block."""

    credentials: ClassVar = {
        "MLFLOW_TRACKING_USERNAME": "admin",
        "MLFLOW_TRACKING_PASSWORD": PASSWORD,
    }

    def __enter__(self) -> "DeployedServer":
        self._database, self.s3 = PostgreSQL(), S3Server()
        self._database.__enter__()
        self.s3.__enter__()
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        self.s3.__exit__()
        self._database.__exit__()

    def command(self) -> tuple[list[str], dict[str, Any]]:
        """The command that serves, and what else `Popen` is given."""
        accounts = self.folder / "accounts.ini"
        uri = self._database.uri("mlflow_auth").replace("%", "%%")
        accounts.write_text(
            "[mlflow]\n"
            "default_permission = READ\n"
            f"database_uri = {uri}\n"
            "admin_username = admin\n"
            "auth_cache_ttl_seconds = 60\n"
            "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
        )
        command = [sys.executable, "-m", "mlflow", "server", "--app-name", "basic-auth"]
        command += ["--port", str(self.port), "--workers", "1"]
        environment = SECRETS | {
            "MLFLOW_BACKEND_STORE_URI": self._database.uri("mlflow"),
            "MLFLOW_ARTIFACTS_DESTINATION": f"s3://{BUCKET}/mlflow",
            "MLFLOW_S3_ENDPOINT_URL": self.s3.uri,
            "MLFLOW_AUTH_CONFIG_PATH": str(accounts),
            "MLFLOW_AUTH_ADMIN_PASSWORD": PASSWORD,
            "MLFLOW_FLASK_SERVER_SECRET_KEY": "a secret of the tests",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        }
        return command, {"env": {**os.environ, **environment}}
