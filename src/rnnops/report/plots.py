"""The pictures of the report: PNG bytes that depend on nothing but what they show."""

from dataclasses import replace
from pathlib import Path

import matplotlib.style
import pandas as pd

from rnnops.core import files
from rnnops.metrics.scores import Scores
from rnnops.report.classifier_figures import (
    Models,
    calibration,
    confusion,
    precision_recall,
    roc,
)
from rnnops.report.figure_style import STYLE, to_png
from rnnops.report.fonts import find_fonts
from rnnops.report.training_figures import gradient_norms, learning_curves


def draw_all(
    models: Models,
    history: pd.DataFrame,
    gradient_flow: pd.DataFrame,
    bins: int,
    step: str = "Word t of the message",
) -> dict[str, bytes]:
    """PNG bytes by name; the same input gives the same bytes, whatever the user's settings.

    Labels that DejaVu Sans lacks characters of are drawn as the installed fonts allow, see `fonts`.

    Args:
        models: scores on the same messages, by the model's name, at most four.
        history: columns epoch and pairs like loss, val_loss.
        gradient_flow: columns epoch, direction, time and gradient_norm.
        bins: of the calibration plot.
        step: what is read at a time t.
    """
    fonts = find_fonts(next(iter(models.values())).labels)
    models = {name: _renamed(scores, fonts.names) for name, scores in models.items()}
    with matplotlib.style.context(["default", STYLE, fonts.style]):
        of_labels = {
            "roc": roc(models, bins),
            "precision_recall": precision_recall(models, bins),
            "calibration": calibration(models, bins),
            "confusion": confusion(models),
        }
        if fonts.footnote:
            for figure in of_labels.values():
                figure.supxlabel(fonts.footnote, fontsize="x-small")
        of_training = {
            "learning_curves": learning_curves(history),
            "gradient_flow": gradient_norms(gradient_flow, step),
        }
        return {name: to_png(figure) for name, figure in {**of_labels, **of_training}.items()}


def write_plots(
    folder: str | Path, frames: dict[str, dict[str, pd.DataFrame]], pictures: dict[str, bytes]
) -> None:
    """Replace `folder` by `<plot>/<model>.csv` for DVC and `<plot>.png` for people.

    Args:
        frames: by model, then by plot, see `curves.all_curves`.
        pictures: by plot, see `draw_all`.
    """
    with files.atomic_folder(folder) as temporary:
        for model, by_plot in frames.items():
            for plot, frame in by_plot.items():
                (temporary / plot).mkdir(exist_ok=True)
                path = temporary / plot / f"{model}.csv"
                frame.to_csv(path, index=False, lineterminator="\n")
        for plot, picture in pictures.items():
            (temporary / f"{plot}.png").write_bytes(picture)


def _renamed(scores: Scores, names: dict[str, str]) -> Scores:
    labels = tuple(names[label] for label in scores.labels)
    return replace(scores, labels=labels, positive=scores.positive and names[scores.positive])
