"""reports/results.json of a language model: every model's metrics, by split, and gains.

`Results` alone writes and reads it. reports/metrics.json, for `dvc metrics`, has
the metrics of the test split.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from rnnops.core import layout
from rnnops.core.results_file import ResultsFile
from rnnops.language_model.ngram_models import shown_name
from rnnops.next_word.evaluation import INTERPOLATED, NETWORK, REDUCTION, Evaluation, Metrics

LABELS_SHOWN = 30


@dataclass(frozen=True)
class Results(ResultsFile):
    """What the models are measured to be.

    Models are `network`, the n-gram models by name, and `interpolated`: the network and the best
    n-gram model by `weights`. `gains`: by split, of the network and of both over the best n-gram
    model. `by_label`: of the test split, its documents, words and metrics by model.
    """

    dataset: str
    vocabulary_size: int
    unknown_share: dict[str, float]
    best_baseline: str
    weights: dict[str, float]
    metrics: dict[str, dict[str, Metrics]]
    gains: dict[str, dict[str, Metrics]]
    by_label: dict[str, dict[str, Any]]

    @classmethod
    def of(
        cls,
        evaluations: Mapping[str, Evaluation],
        labels: pd.Series,
        dataset: str,
        vocabulary_size: int,
        weights: Mapping[str, float],
    ) -> Self:
        """The results of evaluations, by split.

        Args:
            labels: of the test split's documents.
            weights: of the network and of the best n-gram model, in that order.
        """
        _, best = weights
        return cls(
            dataset=dataset,
            vocabulary_size=vocabulary_size,
            unknown_share={split: _unknown(each) for split, each in evaluations.items()},
            best_baseline=best,
            weights=dict(weights),
            metrics={
                split: {model: each.metrics(model) for model in each.measured}
                for split, each in evaluations.items()
            },
            gains={
                split: {model: each.gain(model, best) for model in (NETWORK, INTERPOLATED)}
                for split, each in evaluations.items()
            },
            by_label=_by_label(evaluations[layout.TEST], labels),
        )

    @property
    def models(self) -> list[str]:
        """Their names: the network, both together, then the n-gram models, the best first."""
        names = self.metrics[layout.TEST].keys() - {NETWORK, INTERPOLATED}
        others = sorted(names, key=lambda name: (name != self.best_baseline, name))
        return [NETWORK, INTERPOLATED, *others]

    def describe(self, split: str) -> str:
        """The perplexities of the network, of both and of the best n-gram model, in words."""
        listed = ", ".join(
            f"{shown_name(model)} {self.metrics[split][model]['perplexity']['value']:.1f}"
            for model in (NETWORK, INTERPOLATED, self.best_baseline)
        )
        lower = self.gains[split][NETWORK][REDUCTION]["value"]
        return f"perplexity on the {split} split: {listed}; the network's is {lower:.1%} lower"


def _unknown(evaluation: Evaluation) -> float:
    measured = evaluation.measured[NETWORK]
    return float(measured["unknown_words"].sum() / measured["words"].sum())


def _by_label(evaluation: Evaluation, labels: pd.Series) -> dict[str, dict[str, Any]]:
    """The labels with the most documents."""
    frequent = labels.value_counts()
    chosen = sorted(frequent.index, key=lambda label: (-frequent[label], label))[:LABELS_SHOWN]
    found = {}
    for label in chosen:
        rows = np.asarray(labels == label)
        words = int(evaluation.measured[NETWORK].loc[rows, "words"].sum())
        models = {model: evaluation.metrics(model, rows) for model in evaluation.measured}
        found[str(label)] = {"documents": int(rows.sum()), "words": words, "metrics": models}
    return found
