"""What MLflow's pages say of experiments and registered models: what they hold, how to choose.

Written where there is nothing yet: what a person changes there stays.
"""

import json
import time

import mlflow

from rnnops.core import layout
from rnnops.metrics.metrics import MEAN_OVER_LABELS, METRICS
from rnnops.tracking.tags import NOTE_TAG

DECISIONS = "decisions"  # the experiment that holds the lists of decisions
KIND_TAG = "mlflow.experimentKind"
MODEL_TRAINING = "custom_model_development"  # as against GenAI: MLflow's page opens with its runs
VIEW = layout.VALIDATION
VIEW_TAG = f"mlflow.sharedViewState.{VIEW}"
VIEW_QUERY = f"viewStateShareKey={VIEW}&workflowType=machine_learning"  # of the page's address
VIEW_NAME = "Choose settings (validation split)"
SHOWN_PARAMS = ("features.method", "train.units", "train.dropout", "train.learning_rate")
RUN_NAME = "attributes.`Run Name`"

RUNS = """\
**Choose settings by the plain metrics** (accuracy, F1, …): the validation split's. What begins with
`test/` is for the end. *Views* → *{view}* shows the plain ones as columns.

| metrics | are |
|---|---|
| `accuracy`, `f1`, `log_loss`, `mcc`, `recall_…`, `roc_auc` | the validation split's |
| `{mean}…` | the same as means over labels, where none is positive |
| `validation/…` | every metric of that split; `_low` and `_high` end its 95% interval |
| `test/…` | the same of the test split |
| `val_…`, `train_…` | loss and accuracy of the recurrent half after each epoch |
| `training/…` | gradients through time, spectral radius, padding, seconds, memory |

Each top row is one training of the network. The order-blind baselines stand below the run that
registered them first; a row over several seeds holds their means, with `_sd` their deviations.
The four characters that end a run's name stand for all the parameters that the name leaves out.
"""
LEDGER = """\
Bookkeeping, not training: which version of a registered model became the champion, when, by whom
and why. Runs called “decisions on …” hold that, runs called “… restored” a champion that was
registered again from git and DVC. `rnnops history` shows the decisions as a table. Do not delete
these runs.
"""
LEDGER_RUN = """\
The decisions on `{name}` in order, a parameter each. `rnnops promote` and `rnnops rollback` add to
them, `rnnops history` shows them as a table. Do not delete this run: it is the record.
"""
MODEL = """\
Text classifiers trained on {dataset}. The alias `champion` is the version in production,
`challenger` the newest one registered. Each version's description has the gate's verdict and its
metrics; its run has the model card, the report and the lineage.
"""


def describe_experiment(client: mlflow.MlflowClient, experiment_id: str) -> None:
    """Give the experiment its kind, its description and, if it holds trainings, a saved view."""
    experiment = client.get_experiment(experiment_id)
    tags = {KIND_TAG: MODEL_TRAINING}
    if experiment.name == DECISIONS:
        tags |= {NOTE_TAG: LEDGER}
    else:
        tags |= {
            NOTE_TAG: RUNS.format(view=VIEW_NAME, mean=MEAN_OVER_LABELS),
            VIEW_TAG: _saved_view(),
        }
    for key in tags.keys() - experiment.tags.keys():
        client.set_experiment_tag(experiment_id, key, tags[key])


def describe_decisions(client: mlflow.MlflowClient, run_id: str, name: str) -> None:
    """Give the registered model `name` and the run with its decisions their descriptions.

    The run is marked as finished: nothing runs.
    """
    run = client.get_run(run_id)
    if NOTE_TAG not in run.data.tags:
        client.set_tag(run_id, NOTE_TAG, LEDGER_RUN.format(name=name))
    if run.info.status != "FINISHED":
        client.set_terminated(run_id, "FINISHED")
    if not client.get_registered_model(name).description:
        model = MODEL.format(dataset=name.removesuffix("-classifier"))
        client.update_registered_model(name, model)


def _saved_view() -> str:
    """A saved view of MLflow's list of runs whose columns are the headline metrics."""
    headlines = [metric for metric in METRICS.values() if metric.is_headline]
    columns = [f"metrics.`{key}`" for metric in headlines for key in metric.keys]
    columns += [f"params.`{name}`" for name in SHOWN_PARAMS]
    order = [RUN_NAME, *columns]
    state = {"selectedColumns": columns, "columnOrder": order, "columnWidths": {RUN_NAME: 500}}
    now = int(time.time() * 1000)
    return json.dumps({"name": VIEW_NAME, "createdAt": now, "state": json.dumps(state)})
