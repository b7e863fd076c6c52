"""The messages a model got wrong, worst first, for people to read."""

import pandas as pd

from rnnops.metrics.scores import Scores

MOST = 10


def worst_mistakes(messages: pd.DataFrame, scores: Scores) -> pd.DataFrame:
    """The wrongly decided messages to whose label the model gave least probability.

    Args:
        messages: columns id, source, text; a row for each of `scores`.

    Returns:
        Columns id, source, label, predicted, probability (of the positive label, without one of
        the predicted label) and excerpt; at most ten rows.
    """
    mistakes = pd.DataFrame(
        {
            "id": messages["id"].to_numpy(),
            "source": messages["source"].to_numpy(),
            "label": scores.names(scores.actual),
            "predicted": scores.names(scores.decided),
            "probability": scores.shown_probability,
            "excerpt": messages["text"].to_numpy(),
            "given": scores.probability_of(scores.actual),
        }
    )[scores.actual != scores.decided]
    worst = mistakes.sort_values(["given", "id"]).head(MOST).drop(columns="given")
    return worst.assign(excerpt=worst["excerpt"].map(excerpt)).reset_index(drop=True)


def excerpt(text: str, characters: int = 300) -> str:
    """The start of `text` on one line; what cannot be printed (controls, bidi marks) is a space."""
    start = text[: characters * 10]
    line = " ".join("".join(c if c.isprintable() else " " for c in start).split())
    return line if len(line) <= characters else line[:characters].rstrip() + "…"
