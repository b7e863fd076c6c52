"""The report on language models: tables, the learning curve, and a passage word by word."""

import base64
from typing import Any, NamedTuple

import matplotlib.style
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from rnnops.core import files, layout
from rnnops.core.numbers import format_number
from rnnops.language_model.documents import Documents
from rnnops.language_model.ngram_models import shown_name
from rnnops.language_model.params import EvaluateNextWord
from rnnops.language_model.vocabulary import END
from rnnops.metrics.intervals import METHOD
from rnnops.next_word.evaluation import INTERPOLATED, NETWORK, REDUCTION, Metrics
from rnnops.next_word.results import Results
from rnnops.report.cells import Cell, measured_cell
from rnnops.report.figure_style import COLOURS, STYLE, set_title, to_png
from rnnops.runtime.text_language_model import TextLanguageModel
from rnnops.templating.environment import render

TITLES = {
    "perplexity": ("Perplexity", 1),
    "bits_per_word": ("Bits a word", 3),
    "top_1_accuracy": ("Next word is the most probable", 4),
    "top_5_accuracy": ("… among the five most probable", 4),
}
LEARNING_CURVE = "learning_curve.png"
MOST_BITS = 16.0  # of the passage's shades: the darkest


class Word(NamedTuple):
    """A word of the passage: its surprise, as a title says it, and the shade of that from 0 to 1.

    `ends`: whether it is the last of its sentence.
    """

    text: str
    title: str
    shade: float
    ends: bool


def write_report(
    results: Results, model: TextLanguageModel, test: Documents, params: EvaluateNextWord
) -> None:
    """Write reports/report.html and its plots."""
    history = pd.read_csv(layout.HISTORY)
    png = to_png(learning_curve(history, results))
    with files.atomic_folder(layout.PLOTS) as folder:
        (folder / LEARNING_CURVE).write_bytes(png)
    passage = passage_of(test.ids[0][: params.passage_words], model)
    files.write_text(render_report(results, png, passage), layout.REPORT)


def learning_curve(history: pd.DataFrame, results: Results) -> Figure:
    """Perplexity by epoch, and that of the best n-gram model on the validation split.

    Args:
        history: columns epoch, train_loss and val_loss, in nats a word.
    """
    best = results.best_baseline
    ngrams = results.metrics[layout.VALIDATION][best]["perplexity"]["value"]
    with matplotlib.style.context(["default", STYLE]):
        figure = Figure(figsize=(6.4, 4))
        axes = figure.subplots()
        for column, name, colour in (
            ("train_loss", "training, with dropout", COLOURS[2]),
            ("val_loss", layout.VALIDATION, "#333333"),
        ):
            axes.plot(history["epoch"], np.exp(history[column]), ".-", label=name, color=colour)
        axes.axhline(ngrams, color="#767676", linestyle=":", label=_name(best))
        axes.set(xlabel="Epoch", ylabel="Perplexity", yscale="log")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axes.legend()
        set_title(figure, "Learning curve")
        return figure


def passage_of(ids: np.ndarray, model: TextLanguageModel) -> list[Word]:
    """The words of a document's beginning, each with how surprising it is to the models."""
    bits = {
        "both": -np.log2(model.mixture.probabilities(ids)),
        NETWORK: -np.log2(model.network.probabilities(ids)),
        "n-grams": -np.log2(model.ngrams.probabilities(ids)),
    }
    words = []
    for place, word in enumerate(ids):
        if word == END:
            continue
        listed = ", ".join(
            f"{name} {format_number(each[place], decimals=1)}" for name, each in bits.items()
        )
        ends = place + 1 < len(ids) and ids[place + 1] == END
        shade = min(float(bits["both"][place]) / MOST_BITS, 1.0)
        words.append(
            Word(model.vocabulary.words[word], f"{listed} bits", round(shade, 3), bool(ends))
        )
    return words


def render_report(results: Results, learning_curve: bytes, passage: list[Word]) -> str:
    """The page as HTML; equal results give equal bytes."""
    test = layout.TEST
    shown = [name for name in TITLES if name in results.metrics[test][NETWORK]]
    return render(
        "next_word/templates/report.html.j2",
        title=f"The next word: {results.dataset}",
        results=results,
        heads=["Model", *(TITLES[name][0] for name in shown)],
        rows=[
            [_name(model), *_cells(results.metrics[test][model], shown)] for model in results.models
        ],
        validation=[
            [_name(model), *_cells(results.metrics[layout.VALIDATION][model], shown[:2])]
            for model in results.models
        ],
        validation_heads=["Model", *(TITLES[name][0] for name in shown[:2])],
        gains=[
            [_name(model), *_gain(results.gains[test][model])] for model in (NETWORK, INTERPOLATED)
        ],
        best=_name(results.best_baseline),
        unknown=f"{results.unknown_share[test]:.1%}",
        weights=", ".join(
            f"{_name(name)} {weight:.2f}" for name, weight in results.weights.items()
        ),
        labels=[
            _of_label(label, found, results.models) for label, found in results.by_label.items()
        ],
        label_heads=["Label", "Documents", "Words", *map(_name, results.models)],
        method_of_intervals=METHOD,
        picture=base64.b64encode(learning_curve).decode(),
        passage=passage,
    )


def _name(model: str) -> str:
    shown = shown_name(model)
    return shown[0].upper() + shown[1:]


def _cells(metrics: Metrics, names: list[str]) -> list[Cell]:
    return [measured_cell(metrics[name], decimals=TITLES[name][1]) for name in names]


def _gain(gain: Metrics) -> list[Cell]:
    reduction = {
        end: None if value is None else 100 * value for end, value in gain[REDUCTION].items()
    }
    return [measured_cell(gain["bits_per_word"], 3, "+"), measured_cell(reduction, decimals=1)]


def _of_label(label: str, found: dict[str, Any], models: list[str]) -> list[str | Cell]:
    perplexities = (found["metrics"][model]["perplexity"] for model in models)
    counts = [f"{found['documents']:,}", f"{found['words']:,}"]
    return [label, *counts, *(measured_cell(each, decimals=1) for each in perplexities)]
