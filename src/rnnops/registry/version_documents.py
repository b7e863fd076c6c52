"""The documents of a judged version in MLflow: its description, its report and its model card."""

from pathlib import Path

import mlflow
from mlflow.entities.model_registry import ModelVersion

from rnnops.core import files, layout
from rnnops.core.sections import Parameters
from rnnops.gate.verdict import Verdict
from rnnops.recurrent.params import Train
from rnnops.registry.model_card import describe_run, render_model_card
from rnnops.registry.verdict_section import add_verdict
from rnnops.registry.versions import run_of
from rnnops.report.results import Results
from rnnops.tracking.lineage_tags import lineage_tags, parse_files_tag
from rnnops.tracking.run_parameters import network_params
from rnnops.tracking.tags import (
    BACKEND_TAG,
    COMMIT_TAG,
    DIRTY_TAG,
    ENVIRONMENT_TAG,
    EXPERIMENT_TAG,
    FILES_TAG,
    NOTE_TAG,
)

LINEAGE_NAMES = {
    COMMIT_TAG: "commit",
    DIRTY_TAG: "with uncommitted changes",
    EXPERIMENT_TAG: "DVC experiment",
    ENVIRONMENT_TAG: "requirements.lock, sha256",
}
LINEAGE_FILES = (
    layout.MESSAGES,
    layout.SERIES,
    layout.SEQUENCES,
    layout.SPLITS,
    layout.FEATURIZER,
    layout.NETWORK,
)


def write_documents(
    client: mlflow.MlflowClient, found: ModelVersion, params: Parameters, verdict: Verdict
) -> None:
    """Describe the version and its run; log the report with the verdict, and the model card.

    They are the run's artifacts report.html and model_card.md.
    """
    lineage = describe_lineage(params[Train].backend)
    results = Results.read()
    card = render_model_card(
        name=found.name,
        version=str(found.version),
        params=network_params(params),
        split=files.read_json(layout.SPLIT_REPORT),
        results=results,
        slices=files.read_json(layout.SLICES)["by_source"],
        verdict=verdict,
        lineage=lineage,
    )
    log_documents(
        client,
        found,
        verdict,
        description=describe_run(results, verdict),
        card=card,
        lineage=lineage,
    )


def log_documents(
    client: mlflow.MlflowClient,
    found: ModelVersion,
    verdict: Verdict,
    *,
    description: str,
    card: str,
    lineage: dict[str, str],
) -> None:
    """Describe the version and its run; log the report with verdict and lineage, and the card."""
    client.set_tag(run_of(found), NOTE_TAG, description)
    client.update_model_version(found.name, str(found.version), description)
    report = add_verdict(files.read_text(layout.REPORT), verdict, lineage)
    client.log_text(run_of(found), report, Path(layout.REPORT).name)
    client.log_text(run_of(found), card, "model_card.md")


def describe_lineage(backend: str) -> dict[str, str]:
    """The code, data and environment that made the pipeline's files, by names for people.

    Args:
        backend: Keras', which trained the network.
    """
    tags = lineage_tags()
    lineage = {shown: tags[tag] for tag, shown in LINEAGE_NAMES.items() if tag in tags}
    md5s = parse_files_tag(tags.get(FILES_TAG, ""))
    lineage |= {f"{path}, md5": md5s[path] for path in LINEAGE_FILES if path in md5s}
    return lineage | {BACKEND_TAG: backend}
