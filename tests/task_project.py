"""The folder of a task in a copy of the project, whose pipeline has small data of its own."""

from typing import Any

import mlflow
import pandas as pd
from mlflow.entities import Run
from project import Project
from ruamel.yaml import YAML

from rnnops.core import files, layout
from rnnops.core.tasks import FOLDERS


class TaskProject(Project):
    """The folder of `task` in the project `outer`, with which it shares the store."""

    scripts = "."

    def __init__(self, outer: Project, task: str) -> None:
        super().__init__(outer.folder / FOLDERS[task])
        self.outer = outer
        self.store = outer.store

    def run_first(self, changes: dict[str, object]) -> None:
        """Set parameters, run every stage and commit what they leave."""
        self.set_params(changes)
        assert sorted(self.repro()) == sorted(self._stages("dvc.yaml"))
        self.commit("first results")

    def assert_registered_once(self) -> None:
        """Fail if running again does more than find the version that is there."""
        before = self.outputs()
        done = self.run("dvc", "repro").stdout
        assert self.stages_run(done) == ["register"]
        assert "version 1 unchanged" in done
        assert self.outputs() == before

    def outputs(self) -> dict[str, str]:
        """The digest of each file or folder that a stage has written."""
        stages = self._stages("dvc.lock").values()
        return {out["path"]: out["md5"] for stage in stages for out in stage.get("outs", [])}

    def report(self, name: str) -> Any:
        """The content of one of `reports/*.json`."""
        return files.read_json(self.folder / f"reports/{name}.json")

    def rows(self) -> pd.DataFrame:
        """Those of all splits, training first."""
        paths = [self.folder / "data/splits" / f"{name}.parquet" for name in layout.SPLIT_NAMES]
        return pd.concat(map(pd.read_parquet, paths))

    def runs(self, experiment: str) -> tuple[Run, list[Run]]:
        """The network's run in MLflow's experiment, and those of the models beside it."""
        client = mlflow.MlflowClient(f"sqlite:///{self.store}")
        found = client.get_experiment_by_name(experiment)
        by_role: dict[str, list[Run]] = {"network": [], "baseline": []}
        for run in client.search_runs([found.experiment_id]):
            if "rnnops.identity" in run.data.tags:
                by_role[run.data.tags["rnnops.role"]].append(run)
        (network,) = by_role["network"]
        return network, by_role["baseline"]

    def epochs(self, run: Run, metric: str) -> list[int]:
        """After which epochs the run logged a metric."""
        client = mlflow.MlflowClient(f"sqlite:///{self.store}")
        return [each.step for each in client.get_metric_history(run.info.run_id, metric)]

    def _stages(self, name: str) -> dict[str, Any]:
        return YAML(typ="safe").load(self.folder / name)["stages"]
