"""An explanation for people: the text coloured by what each word did, above it the belief."""

from html import escape

import numpy as np

from rnnops.report.explanation import Explanation
from rnnops.report.html import inline, page

WIDTH, HEIGHT = 640, 90
FOR, AGAINST = "0,114,178", "213,94,0"  # Okabe and Ito's blue and vermilion
FAINTEST = 0.02  # of the strongest contribution: below it a word stays uncoloured

LEGEND = (
    f'<p><span style="background:rgba({FOR},.45)">Blue</span> words hold the verdict up, '
    f'<span style="background:rgba({AGAINST},.45)">orange</span> ones speak against it: the colour '
    "tells how far its probability moves without them. ▸ marks where the verdict turned last. "
    "Above: its probability as the text is read.</p>"
)


def render_explanations(title: str, named: list[tuple[str, Explanation]]) -> str:
    """A page of explanations under the names of their messages."""
    parts = [f"<h1>{escape(title)}</h1>", LEGEND]
    for name, explanation in named:
        verdict = f"{inline(explanation.label)}, p = {explanation.probability:.4f}"
        parts.append(f"<h2>{inline(name)}: {verdict}</h2>\n{draw(explanation)}")
    return page(title, parts)


def draw(explanation: Explanation) -> str:
    """The belief's course and the coloured text, as HTML."""
    text = f'<p dir="auto">{_text(explanation)}</p>'
    return f'<div class="explanation">{_course(explanation)}{text}</div>'


def _course(explanation: Explanation) -> str:
    number = len(explanation.belief)
    across = (np.arange(number) + 1) * WIDTH / number
    down = HEIGHT * (1 - explanation.belief)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True))
    turned = (explanation.turn + 0.5) * WIDTH / number
    label = f"probability of {explanation.label} after each word, 0 below to 1 above"
    return (
        f'<svg viewBox="-4 -6 {WIDTH + 8} {HEIGHT + 12}" role="img" aria-label="{escape(label)}">'
        f'<path d="M0 0H{WIDTH}M0 {HEIGHT / 2}H{WIDTH}M0 {HEIGHT}H{WIDTH}" stroke="#dfe3e8"/>'
        f'<path d="M{turned:.1f} 0V{HEIGHT}" stroke="#767676" stroke-dasharray="3 3"/>'
        f'<polyline points="{line}" fill="none" stroke="rgb({FOR})" stroke-width="2"/>'
        f"</svg>"
    )


def _text(explanation: Explanation) -> str:
    strongest = max(np.abs(explanation.contribution).max(), 1e-12)
    spans = []
    for position, piece in enumerate(explanation.pieces):
        contribution = explanation.contribution[position]
        strength = abs(contribution) / strongest
        colour = FOR if contribution > 0 else AGAINST
        style = ""
        if strength > FAINTEST:
            style = f' style="background:rgba({colour},{0.6 * strength:.2f})"'
        told = f"{contribution:+.4f}; p = {explanation.belief[position]:.4f} up to here"
        mark = '<b class="turn">▸</b>' if position == explanation.turn else ""
        shown = "".join(c if c.isprintable() or c in "\n\t" else " " for c in piece)
        spans.append(f'{mark}<span title="{told}"{style}>{escape(shown)}</span>')
    return "".join(spans)
