"""How every figure looks."""

import io

from matplotlib.figure import Figure

# Okabe and Ito's colours, which colour-blind people can distinguish; the dashes differ too.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
DASHES = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1)))
GUIDE = {"color": "#767676", "linewidth": 1, "linestyle": ":"}
STYLE = {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "figure.constrained_layout.use": True,
    "figure.titlesize": 13,
    "font.size": 10,
    "grid.color": "#e6e6e6",
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "savefig.dpi": 144,
}


def set_title(figure: Figure, title: str) -> None:
    """Write the title above the figure, to the left."""
    figure.suptitle(title, x=0.01, horizontalalignment="left")


def to_png(figure: Figure) -> bytes:
    """The figure as PNG without the date or the program: the same figure gives the same bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
