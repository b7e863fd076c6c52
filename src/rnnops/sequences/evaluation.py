"""The classifiers of sequences that an evaluation compares, and their probabilities."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from rnnops.core import layout
from rnnops.metrics.evaluation import NETWORK, Evaluation, predictions_frame
from rnnops.metrics.params import Evaluate
from rnnops.report.changes import Changes, perturbation_changes
from rnnops.sequences.baselines import Baselines
from rnnops.sequences.inference import NumberNetwork
from rnnops.sequences.order import rearrange
from rnnops.sequences.scaling import Scaling
from rnnops.sequences.sequences import Sequences

COLUMNS = ["id", "source", "cluster", "label"]


@dataclass(frozen=True, eq=False)
class Classifiers:
    """The network and the baselines, all on the same scale; `labels` are sorted."""

    labels: list[str]
    scaling: Scaling
    network: NumberNetwork
    baselines: Baselines

    @classmethod
    def load(cls, train: Sequences) -> Self:
        """What the stages train and baseline wrote, and what follows from the training split."""
        return cls(
            sorted(set(train.labels)),
            Scaling.fit(train.values),
            NumberNetwork.load(Path(layout.NETWORK_MODEL)),
            Baselines.load(layout.BASELINE),
        )

    @property
    def names(self) -> list[str]:
        """Of the classifiers, the best baseline first after the network."""
        best = self.baselines.best
        return [NETWORK, best, *(name for name in self.baselines.classifiers if name != best)]

    def probabilities(self, values: list[np.ndarray]) -> dict[str, np.ndarray]:
        """Of each classifier, shape (n, labels), for arrays of shape (steps, channels)."""
        scaled = self.scaling.scale(values)
        return {NETWORK: self.network.probabilities(scaled), **self.baselines.probabilities(scaled)}

    def predict(
        self, frames: Mapping[str, pd.DataFrame], splits: Mapping[str, Sequences]
    ) -> pd.DataFrame:
        """Every classifier's probabilities of every sequence, see `predictions_frame`.

        Args:
            frames, splits: the same sequences, by split.

        Returns:
            Columns id, source, cluster, label, split and <model>_p_<label>.
        """
        return pd.concat(
            [
                predictions_frame(
                    frames[name][COLUMNS].assign(split=name),
                    self.labels,
                    self.probabilities(sequences.values),
                )
                for name, sequences in splits.items()
            ],
            ignore_index=True,
        )


def measure_order(
    classifiers: Classifiers, evaluation: Evaluation, test: Sequences, params: Evaluate
) -> dict[str, Changes]:
    """By rearrangement of the steps, what it changes of each classifier's metrics.

    Args:
        evaluation: of the test split, whose sequences are `test`.
    """
    every = np.arange(len(test))
    return {
        name: perturbation_changes(
            evaluation, every, [classifiers.probabilities(values)], params.calibration_bins
        )
        for name, values in rearrange(test.values, params.seed).items()
    }
