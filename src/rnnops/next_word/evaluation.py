"""Language models on the same documents: metrics with intervals, and what one gains over another.

Documents that are near-duplicates are foreseen together: intervals are over their clusters.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from rnnops.losses.sums import Sums, measure_mean, measure_share
from rnnops.metrics.bootstrap import ClusterWeights, cluster_weights
from rnnops.metrics.measured import Measured

NETWORK, INTERPOLATED = "network", "interpolated"
PERPLEXITY, BITS = "perplexity", "bits_per_word"
METRICS = (PERPLEXITY, BITS, "top_1_accuracy", "top_5_accuracy")
REDUCTION = "perplexity_reduction"

Metrics = dict[str, dict[str, Any]]  # by name, `value`, `low` and `high`


class Evaluation:
    """What models lose on the documents of one split.

    Args:
        measured: by model, what `measure_models` gives of the same n documents.
        clusters: shape (n,), names of the documents' clusters.
    """

    def __init__(
        self, measured: Mapping[str, pd.DataFrame], clusters: np.ndarray, resamples: int, seed: int
    ) -> None:
        self.measured = measured
        self._weights = cluster_weights(clusters, resamples, seed)

    def metrics(self, model: str, rows: np.ndarray | None = None) -> Metrics:
        """The model's perplexity, bits a word and, of the documents that were ranked, accuracies.

        Args:
            rows: a mask of documents, by default all.
        """
        rows = np.ones(len(self.measured[model]), bool) if rows is None else rows
        frame, weights = self.measured[model][rows], self._weights.rows(rows)
        bits = _bits(frame, weights)
        found = {PERPLEXITY: _power(bits), BITS: bits.to_json()}
        ranked = frame["top_1"].notna().to_numpy()
        for top in ("top_1", "top_5") if ranked.any() else ():
            of_ranked = frame.loc[ranked, [top, "words"]].to_numpy(float).T
            hits = measure_share(Sums(*of_ranked), weights.rows(ranked))
            found[f"{top}_accuracy"] = hits.to_json()
        return found

    def gain(self, model: str, other: str) -> Metrics:
        """Bits a word less those of `other`, paired, and the share by which perplexity falls."""
        ours, theirs = (_bits(self.measured[each], self._weights) for each in (model, other))
        difference = ours - theirs
        ratio = _power(difference)
        ends = {"value": "value", "low": "high", "high": "low"}
        reduction = {end: None if ratio[of] is None else 1 - ratio[of] for end, of in ends.items()}
        return {BITS: difference.to_json(), REDUCTION: reduction}


def _bits(frame: pd.DataFrame, weights: ClusterWeights) -> Measured:
    sums = Sums(frame["bits"].to_numpy(float), frame["words"].to_numpy(float))
    return measure_mean(sums, weights)


def _power(measured: Measured) -> dict[str, Any]:
    """2 to the power of the number and of the ends of its interval."""
    return {
        key: None if value is None else 2**value
        for key, value in measured.to_json().items()
        if key in ("value", "low", "high")
    }
