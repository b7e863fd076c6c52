"""The figures of next-word prediction, from the results of its pipeline."""

from collections.abc import Callable
from typing import Any

from rnnops.core import layout
from rnnops.core.numbers import format_number
from rnnops.core.tasks import FOLDERS, NEXT_WORD
from rnnops.language_model.ngram_models import shown_name
from rnnops.metrics.measured import format_measured
from rnnops.templating.environment import markdown_table

Read = Callable[[str], Any]
RESULTS = f"{FOLDERS[NEXT_WORD]}/{layout.RESULTS}"
DECIMALS = {"perplexity": 1, "bits_per_word": 3, "top_1_accuracy": 3, "top_5_accuracy": 3}
SHOWN = ("network", "interpolated", "kneser_ney_5")


def models(read: Read) -> str:
    """Every model on the test split."""
    metrics = read(RESULTS)["metrics"][layout.TEST]
    order = ["network", "interpolated"]
    order += sorted(metrics.keys() - set(order), key=lambda name: (name == "unigram", name))
    rows = [
        [shown_name(model)]
        + [format_measured(metrics[model][name], decimals=n) for name, n in DECIMALS.items()]
        for model in order
    ]
    return markdown_table(["", *(name.replace("_", " ") for name in DECIMALS)], rows).strip()


def labels(read: Read) -> str:
    """Perplexity by genre."""
    by_label = read(RESULTS)["by_label"]
    rows = [
        [label, f"{found['documents']}", f"{found['words']:,}"]
        + [format_measured(found["metrics"][name]["perplexity"], decimals=1) for name in SHOWN]
        for label, found in by_label.items()
    ]
    return markdown_table(["genre", "documents", "words", *map(shown_name, SHOWN)], rows).strip()


def gain(model: str) -> Callable[[Read], str]:
    """By how much a model's perplexity on the test split is lower, as a phrase."""

    def phrase(read: Read) -> str:
        found = read(RESULTS)["gains"][layout.TEST][model]["perplexity_reduction"]
        value, low, high = (100 * found[key] for key in ("value", "low", "high"))
        return f"{value:.1f}% ({low:.1f} to {high:.1f})"

    return phrase


def unknown(read: Read) -> str:
    """The share of unknown words in the test split."""
    return f"{read(RESULTS)['unknown_share'][layout.TEST]:.1%}"


def softmax(read: Read) -> str:
    """Words a second of training, and perplexity, over all words and over drawn ones."""
    found = read("benchmarks/results/softmax.json")
    heads = ["", *(f"{drawn} words" for drawn in found["perplexity"])]
    rows = [
        [f"words a second, vocabulary of {int(size):,}", *(f"{each:,}" for each in speeds.values())]
        for size, speeds in found["words_per_second"].items()
    ]
    perplexities = [format_number(each, decimals=1) for each in found["perplexity"].values()]
    rows.append([f"validation perplexity after {found['epochs']} epochs", *perplexities])
    return markdown_table(heads, rows).strip()


NEXT_WORD_FIGURES: dict[str, Callable[[Read], str]] = {
    "next-word": models,
    "next-word-genres": labels,
    "next-word-network-gain": gain("network"),
    "next-word-interpolated-gain": gain("interpolated"),
    "next-word-unknown": unknown,
    "softmax": softmax,
}
