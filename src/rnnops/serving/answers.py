"""What clients get: predictions and explanations with the model they are from, as JSON."""

import json
import secrets
import string
from typing import Any
from urllib.parse import quote

from rnnops.metrics.decision import probability_column
from rnnops.report.explanation import Explanation
from rnnops.runtime.scoring_worker import ModelFacts, Scored
from rnnops.serving.project import Served

PRINTABLE = string.punctuation.replace("%", "")  # what stays in a header as it is


def new_ids(number: int) -> list[str]:
    """Ids of answers, 16 hexadecimal digits each."""
    digits = secrets.token_hex(8 * number)
    return [digits[start : start + 16] for start in range(0, 16 * number, 16)]


def model_fields(served: Served, facts: ModelFacts) -> dict[str, Any]:
    """Which model has answered, and where its decision threshold is."""
    return {
        "model": served.name,
        "version": served.version,
        "positive": facts.positive,
        "threshold": facts.threshold,
    }


def model_headers(served: Served, facts: ModelFacts) -> dict[str, str]:
    """The same for answers whose bodies have no place for it; what there is none of is left out."""
    found = {
        "X-Model": quote(served.name, safe=PRINTABLE),
        "X-Model-Version": served.version,
        "X-Model-Threshold": None if facts.threshold is None else str(facts.threshold),
    }
    return {name: value for name, value in found.items() if value is not None}


def prediction_body(model: dict[str, Any], ids: list[str], scored: Scored) -> bytes:
    """The answer to /predict."""
    labels = scored.labels
    predictions = [
        {
            "id": message_id,
            "label": labels[decided],
            "probability": row[decided],
            "probabilities": dict(zip(labels, row, strict=True)),
        }
        for message_id, decided, row in zip(ids, scored.decided, scored.probabilities, strict=True)
    ]
    return to_json({**model, "predictions": predictions})


def invocation_body(scored: Scored) -> bytes:
    """The answer to /invocations, as MLflow's own server writes a frame."""
    columns = [probability_column(label) for label in scored.labels]
    predictions = [
        {
            "label": scored.labels[decided],
            "probability": row[decided],
            **dict(zip(columns, row, strict=True)),
        }
        for decided, row in zip(scored.decided, scored.probabilities, strict=True)
    ]
    return to_json({"predictions": predictions})


def explanation_body(
    model: dict[str, Any], message_id: str, found: Explanation, *, cut: bool
) -> bytes:
    """The answer to /explain."""
    pieces = zip(found.pieces, found.belief, found.contribution, strict=True)
    return to_json(
        {
            **model,
            "id": message_id,
            "label": found.label,
            "probability": found.probability,
            "pieces": [
                {"text": text, "belief": float(belief), "contribution": float(contribution)}
                for text, belief, contribution in pieces
            ],
            "turn": found.turn,
            "cut": cut,
        }
    )


def version_body(served: Served, facts: ModelFacts, rnnops: str) -> bytes:
    """The answer to /version."""
    model = model_fields(served, facts)
    return to_json({**model, "verdict": served.verdict, "labels": facts.labels, "rnnops": rnnops})


def to_json(value: Any) -> bytes:
    """`value` as UTF-8 without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
