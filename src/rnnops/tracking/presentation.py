"""A judged version where people look: the run's description and report, the version's card."""

import mlflow
from mlflow.entities.model_registry import ModelVersion

from rnnops import files
from rnnops.config import Params
from rnnops.evaluation.model_card import describe_run, render_model_card
from rnnops.evaluation.verdict_section import with_verdict
from rnnops.gate.verdict import Verdict
from rnnops.tracking.lineage import lineage_tags
from rnnops.tracking.outputs import network_params

DESCRIPTION_TAG = "mlflow.note.content"
TOLD = {
    "git.commit": "commit",
    "git.dirty": "with uncommitted changes",
    "dvc.experiment": "DVC experiment",
    "environment.lock": "requirements.lock, sha256",
    "dvc.md5.data/raw/messages.parquet": "data/raw/messages.parquet, md5",
    "dvc.md5.data/splits": "data/splits, md5",
    "dvc.md5.models/featurizer": "models/featurizer, md5",
    "dvc.md5.models/rnn": "models/rnn, md5",
}


def present(
    client: mlflow.MlflowClient, found: ModelVersion, params: Params, verdict: Verdict
) -> None:
    """Describe the version and its run, and complete the run's report.html by the verdict.

    The model card is the run's artifact model_card.md.
    """
    said, lineage = verdict.to_dict(), told_lineage(params)
    metrics, baselines = (
        files.read_json(f"reports/{name}.json") for name in ("metrics", "baselines")
    )
    description = describe_run(metrics, baselines, said)
    client.set_tag(found.run_id, DESCRIPTION_TAG, description)
    client.update_model_version(found.name, str(found.version), description)
    report = with_verdict(files.read_text("reports/report.html"), said, lineage)
    client.log_text(found.run_id, report, "report.html")
    card = render_model_card(
        name=found.name,
        version=str(found.version),
        params=network_params(params),
        split=files.read_json("reports/split.json"),
        metrics=metrics,
        baselines=baselines,
        slices=files.read_json("reports/slices.json"),
        verdict=said,
        lineage=lineage,
    )
    client.log_text(found.run_id, card, "model_card.md")


def told_lineage(params: Params) -> dict[str, str]:
    """What code, data and environment the pipeline's files stand on, by names for people."""
    tags = lineage_tags()
    told = {shown: tags[tag] for tag, shown in TOLD.items() if tag in tags}
    return told | {"backend": params.train.backend}
