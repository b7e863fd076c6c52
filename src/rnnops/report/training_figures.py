"""Figures of a training: metrics by epoch, and how far back the gradient reaches."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from rnnops.report.figure_style import COLOURS, DASHES, GUIDE, set_title


def learning_curves(history: pd.DataFrame) -> Figure:
    """Training against validation for each metric, with the epoch that was kept."""
    names = [name for name in map(str, history) if f"val_{name}" in history]
    figure = Figure(figsize=(4.5 * len(names), 3.8))
    best = history["epoch"].iloc[int(history["val_loss"].argmin())]
    training = {"color": COLOURS[2], "linestyle": DASHES[1]}
    validation = {"color": "#333333", "linestyle": "-"}
    for axes, name in zip(np.atleast_1d(figure.subplots(1, len(names))), names, strict=True):
        axes.plot(history["epoch"], history[name], ".", label="training", **training)
        axes.plot(history["epoch"], history[f"val_{name}"], ".", label="validation", **validation)
        axes.axvline(best, label=f"kept: epoch {best}", **GUIDE)
        axes.set(xlabel="Epoch", title=name.replace("_", " ").capitalize())
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axes.legend()
    set_title(figure, "Learning curves")
    return figure


def gradient_norms(flow: pd.DataFrame, step: str) -> Figure:
    """How far back the gradient reaches: a panel a direction, a line an epoch, darker if later.

    Args:
        step: what is read at a time t.
    """
    directions = flow["direction"].unique()
    figure = Figure(figsize=(4.5 * len(directions) + 0.5, 4))
    panels = figure.subplots(1, len(directions), sharey=True, squeeze=False)[0]
    last = flow["epoch"].max()
    for axes, direction in zip(panels, directions, strict=True):
        for epoch, line in flow[flow["direction"] == direction].groupby("epoch"):
            shade = 0.15 + 0.85 * epoch / last
            label = f"epoch {epoch}" if epoch in (1, last) else None
            axes.plot(
                line["time"], line["gradient_norm"], color=COLOURS[0], alpha=shade, label=label
            )
        axes.set(title=f"Read {direction}", xlabel=step, yscale="log")
        axes.legend()
    panels[0].set_ylabel("Mean ‖dL/dh$_t$‖")
    set_title(figure, "Gradient through time")
    return figure
