"""`rnnops ui`, served until it is stopped."""

import os
import shutil
import sys
from pathlib import Path

import mlflow
from mlflow_server import MlflowServer

ROOT = Path(__file__).parents[2]


class Ui(MlflowServer):
    """`rnnops ui` in a folder."""

    def command(self):
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "DVC_"))}
        rnnops = str(Path(sys.executable).with_name("rnnops"))
        return [rnnops, "ui", "--port", str(self.port)], {"cwd": self.folder, "env": plain}


def test_the_own_store_is_served_without_job_workers(tmp_path):
    shutil.copy(ROOT / "params.yaml", tmp_path)
    with Ui(tmp_path) as ui:
        (experiment,) = mlflow.MlflowClient(ui.uri).search_experiments(
            filter_string="name = 'spam-email'"
        )
        address = f"runs: {ui.uri}/#/experiments/{experiment.experiment_id}/runs?"
        assert address in (tmp_path / "server.log").read_text()
        assert not [each for each in ui.processes() if "huey" in " ".join(each.cmdline())]
