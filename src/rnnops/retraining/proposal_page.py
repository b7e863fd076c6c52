"""The text of a pull request that proposes a retrained model: the evidence, and what it costs."""

import json
from pathlib import Path
from typing import Any

import mlflow

from rnnops.core import files, layout
from rnnops.core.git import committed_text
from rnnops.ingest.additions import find_additions, read_additions
from rnnops.metrics.evaluation import NETWORK
from rnnops.metrics.measured import format_measured
from rnnops.metrics.metrics import metric_of
from rnnops.report.results import COMPARED, COMPARED_ALIKE
from rnnops.retraining.proposal import Retrained
from rnnops.templating.environment import render

MOST_CHARACTERS = 65_000  # what GitHub takes, with some room
CUT = f"\n\nThe rest is cut: {layout.GATE_REPORT} has the whole verdict.\n"
SECONDS = "training/epoch_seconds"


def render_proposal(client: mlflow.MlflowClient, retrained: Retrained, run_page: str) -> str:
    """The text in Markdown, from what the pipeline left here and what HEAD has.

    Args:
        run_page: the address where the plots are kept, empty if they are only here.
    """
    ingested, before = files.read_json(layout.INGEST_REPORT), _committed(layout.INGEST_REPORT)
    held = read_additions(find_additions(ingested["dataset"])).undecided
    drift = Path(layout.DRIFT_REPORT).with_suffix(".json")
    text = render(
        "retraining/templates/proposal.md.j2",
        retrained=retrained,
        verdict=files.read_text(layout.GATE_REPORT),
        metrics=_compare_metrics(),
        messages={
            "now": ingested["kept"],
            "before": before.get("kept", 0),
            "added": ingested["added"],
        },
        held=len(held),
        drift=files.read_json(drift) if drift.exists() else None,
        cost=_describe_cost(client, retrained.run_id),
        run_page=run_page,
        plots=layout.PLOTS_DIFF,
        report=layout.REPORT,
    )
    if len(text) <= MOST_CHARACTERS:
        return text
    return text[: MOST_CHARACTERS - len(CUT)] + CUT


def _compare_metrics() -> list[list[str]]:
    now, before = files.read_json(layout.RESULTS), _committed(layout.RESULTS)
    is_same = before.get("dataset") == now["dataset"]
    former = before["metrics"][layout.TEST][NETWORK] if is_same else {}
    present = now["metrics"][layout.TEST][NETWORK]
    names = COMPARED if now["positive"] else COMPARED_ALIKE
    rows = []
    for key in (key for key in present if metric_of(key).name in names):
        decimals = metric_of(key).decimals
        shown, change = "", ""
        if key in former:
            shown = format_measured(former[key], decimals=decimals)
            change = f"{present[key]['value'] - former[key]['value']:+.{decimals}f}"
        rows.append([key, shown, format_measured(present[key], decimals=decimals), change])
    return rows


def _committed(path: str) -> dict[str, Any]:
    return json.loads(committed_text("HEAD", path) or "{}")


def _describe_cost(client: mlflow.MlflowClient, run_id: str) -> str:
    seconds = [point.value for point in client.get_metric_history(run_id, SECONDS)]
    if not seconds:
        return ""
    return f"{len(seconds)} epochs in {sum(seconds):,.0f} seconds"
