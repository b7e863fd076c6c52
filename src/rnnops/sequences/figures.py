"""A picture of what is classified: the first sequence of each label, channel by channel."""

import matplotlib.style
import numpy as np
from matplotlib.figure import Figure

from rnnops.report.figure_style import STYLE, set_title, to_png
from rnnops.report.fonts import find_fonts
from rnnops.sequences.sequences import Sequences

COLUMNS = 3
PANELS = 12
CHANNELS = 12


def draw_sequences(sequences: Sequences) -> bytes:
    """PNG bytes: a panel for each of the first twelve labels, a line for each channel."""
    labels = sorted(set(sequences.labels))[:PANELS]
    fonts = find_fonts(labels)
    with matplotlib.style.context(["default", STYLE, fonts.style]):
        rows = -(-len(labels) // COLUMNS)
        figure = Figure(figsize=(10, 2.1 * rows + 0.8))
        panels = figure.subplots(rows, COLUMNS, sharey=True, squeeze=False).ravel()
        for axes in panels[len(labels) :]:
            axes.remove()
        colours = matplotlib.colormaps["viridis"](np.linspace(0, 0.9, CHANNELS))
        for axes, label in zip(panels, labels, strict=False):
            values = sequences.values[sequences.labels.index(label)]
            for channel, colour in zip(values.T[:CHANNELS], colours, strict=False):
                axes.plot(channel, color=colour, linewidth=1.2)
            axes.set(title=fonts.names[label], xlabel="Step")
        set_title(figure, "A sequence of each label, a line for each channel")
        return to_png(figure)
