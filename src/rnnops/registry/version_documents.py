"""A judged version where people look: the run's description and report, the version's card."""

import mlflow
from mlflow.entities.model_registry import ModelVersion

from rnnops.core import files, layout
from rnnops.core.sections import Parameters
from rnnops.gate.verdict import Verdict
from rnnops.recurrent.params import Train
from rnnops.registry import mlflow_pages
from rnnops.registry.model_card import describe_run, render_model_card
from rnnops.registry.verdict_section import with_verdict
from rnnops.tracking.lineage import FILES_TAG, lineage_tags, read_files
from rnnops.tracking.run_parameters import network_params

TOLD = {
    "git.commit": "commit",
    "git.dirty": "with uncommitted changes",
    "dvc.experiment": "DVC experiment",
    "environment.lock": "requirements.lock, sha256",
}
FILES_TOLD = (layout.MESSAGES, layout.SPLITS, layout.FEATURIZER, layout.NETWORK)


def present(
    client: mlflow.MlflowClient, found: ModelVersion, params: Parameters, verdict: Verdict
) -> None:
    """Describe the version and its run, and complete the run's report.html by the verdict.

    The model card is the run's artifact model_card.md.
    """
    said, lineage = verdict.to_dict(), told_lineage(params)
    results = files.read_json(layout.RESULTS)
    description = describe_run(results, said)
    client.set_tag(found.run_id, mlflow_pages.TAG, description)
    client.update_model_version(found.name, str(found.version), description)
    report = with_verdict(files.read_text(layout.REPORT), said, lineage)
    client.log_text(found.run_id, report, "report.html")
    card = render_model_card(
        name=found.name,
        version=str(found.version),
        params=network_params(params),
        split=files.read_json(layout.SPLIT_REPORT),
        results=results,
        slices=files.read_json(layout.SLICES),
        verdict=said,
        lineage=lineage,
    )
    client.log_text(found.run_id, card, "model_card.md")


def told_lineage(params: Parameters) -> dict[str, str]:
    """What code, data and environment the pipeline's files stand on, by names for people."""
    tags = lineage_tags()
    told = {shown: tags[tag] for tag, shown in TOLD.items() if tag in tags}
    md5s = read_files(tags.get(FILES_TAG, ""))
    told |= {f"{path}, md5": md5s[path] for path in FILES_TOLD if path in md5s}
    return told | {"backend": params[Train].backend}
