"""An explanation for people: the coloured text below the curve of its label's probability."""

from typing import Any

import numpy as np

from rnnops.core.numbers import format_number, format_probability
from rnnops.report.explanation import Explanation
from rnnops.templating.environment import render

WIDTH, HEIGHT = 640, 90  # of the curve
FAINTEST = 0.02  # of the strongest contribution: below it a word stays uncoloured


def render_explanations(title: str, named: list[tuple[str, Explanation]]) -> str:
    """A page of explanations under the names of their messages."""
    return render(
        "report/templates/explanations.html.j2",
        title=title,
        explanations=[
            {"name": name, "explanation": describe_explanation(explanation)}
            for name, explanation in named
        ],
    )


def describe_explanation(explanation: Explanation) -> dict[str, Any]:
    """What the template `explanation.html.j2` draws."""
    return {
        "label": explanation.label,
        "probability": format_probability(explanation.probability),
        "curve": _curve(explanation),
        "words": _words(explanation),
    }


def _curve(explanation: Explanation) -> dict[str, Any]:
    number = len(explanation.belief)
    across = (np.arange(number) + 1) * WIDTH / number
    down = HEIGHT * (1 - explanation.belief)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "points": " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True)),
        "turn": f"{(explanation.turn + 0.5) * WIDTH / number:.1f}",
    }


def _words(explanation: Explanation) -> list[dict[str, Any]]:
    strengths = np.abs(explanation.contribution)
    strengths = strengths / max(strengths.max(), 1e-12)
    return [
        {
            "text": piece,
            "title": f"{format_number(contribution, '+')}; afterwards p = "
            f"{format_probability(belief)}",
            "supports": bool(contribution > 0),
            "strength": f"{0.6 * strength:.2f}" if strength > FAINTEST else "",
            "is_turn": position == explanation.turn,
        }
        for position, (piece, contribution, belief, strength) in enumerate(
            zip(
                explanation.pieces,
                explanation.contribution,
                explanation.belief,
                strengths,
                strict=True,
            )
        )
    ]
