"""The MLflow run of a training that goes on, also while the tracking server is away."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pandas as pd
from mlflow.entities import Metric

from rnnops.tracking import outbox, store
from rnnops.tracking.lineage_tags import lineage_tags
from rnnops.tracking.outbox import Event, Outbox
from rnnops.tracking.tags import ROLE_TAG, TRAINING_TAG


class LiveRun:
    """The run of a training, which goes on when the tracking server does not."""

    def __init__(self, experiment: str, name: str, tags: dict[str, str]) -> None:
        """Begin the run `name` in the experiment, which is made if it is new."""
        training = uuid4().hex
        begin = {
            "server": store.shown_uri(),
            "experiment": experiment,
            "name": name,
            "tags": {**tags, TRAINING_TAG: training},
            "start_time": _now(),
        }

        def create() -> None:
            self._client = store.connect()
            self._run_id = outbox.create_run(self._client, begin)

        self._is_reachable = True
        self._outbox = Outbox(training)
        try:
            self._send(begin, create)
        except BaseException:
            self._outbox.close(keep=False)
            raise

    def log_epoch(
        self, epoch: int, metrics: dict[str, float], flow: pd.DataFrame | None = None
    ) -> None:
        """Log an epoch's metrics and its gradient flow."""
        self.log(epoch_metrics(epoch, metrics))
        if flow is not None:
            self.log(gradient_flow_metrics(flow))

    def log(self, metrics: list[Metric]) -> None:
        """Log the metrics."""
        points = [
            {
                "key": metric.key,
                "value": float(metric.value),
                "timestamp": metric.timestamp,
                "step": metric.step,
            }
            for metric in metrics
        ]
        self._send({"metrics": points}, lambda: self._client.log_batch(self._run_id, metrics))

    def set_tags(self, tags: dict[str, str]) -> None:
        """Set the tags."""
        self._send(
            {"tags": tags},
            lambda: self._client.log_batch(self._run_id, tags=outbox.run_tags(tags)),
        )

    def end(self, status: str) -> None:
        """End the run as FINISHED or FAILED."""
        now = _now()
        self._send(
            {"status": status, "end_time": now},
            lambda: self._client.set_terminated(self._run_id, status, now),
        )
        self._outbox.close(keep=not self._is_reachable)

    def _send(self, event: Event, send: Callable[[], object]) -> None:
        """Keep the event, and send it unless the server has been found away."""
        self._outbox.append(event)
        if not self._is_reachable:
            return
        try:
            with store.reaching_the_server():
                send()
        except store.UnreachableError:
            print(
                f"MLflow at {store.shown_uri()} cannot be reached: training goes on, `dvc repro` "
                "delivers what it missed when the server is back",
                file=sys.stderr,
                flush=True,
            )
            self._is_reachable = False


@contextmanager
def training_run(experiment: str, name: str, tags: dict[str, str]) -> Iterator[LiveRun]:
    """A new run with the tags of its lineage, marked failed if the block raises."""
    run = LiveRun(experiment, name, {ROLE_TAG: "network", **lineage_tags(), **tags})
    try:
        yield run
    except BaseException:
        run.end("FAILED")
        raise
    run.end("FINISHED")


def epoch_metrics(epoch: int, metrics: dict[str, float]) -> list[Metric]:
    """An epoch's metrics at its step: `val_…`, `train_…`, and all others behind `training/`.

    Validation's come first: MLflow's comparison draws the metric that was logged first.

    Args:
        metrics: loss, accuracy, val_loss, val_accuracy and what else describes the epoch;
            those that begin with `val_` or `train_` keep their names.
    """
    now = _now()
    ordered = sorted(metrics, key=lambda name: not name.startswith("val_"))
    return [Metric(_epoch_name(name), metrics[name], now, epoch) for name in ordered]


def gradient_flow_metrics(flow: pd.DataFrame) -> list[Metric]:
    """Each epoch's mean ‖dL/dh_t‖ as a metric of its own, its step the time t.

    To six digits, as in models/rnn/gradient_flow.csv: a run that is rebuilt from it is the same.

    Args:
        flow: columns epoch, direction, time, gradient_norm.
    """
    now, columns = _now(), ["epoch", "direction", "time", "gradient_norm"]
    return [
        Metric(
            f"training/gradient_norm_{direction}/epoch_{epoch:02d}",
            float(f"{gradient_norm:.6g}"),
            now,
            time,
        )
        for epoch, direction, time, gradient_norm in flow[columns].itertuples(index=False)
    ]


def _epoch_name(name: str) -> str:
    if name.startswith(("val_", "train_")):
        return name
    return f"train_{name}" if name in ("loss", "accuracy") else f"training/{name}"


def _now() -> int:
    return int(time.time() * 1000)
