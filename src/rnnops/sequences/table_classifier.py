"""The published classifier of sequences: a table in, a label for each sequence out.

It needs NumPy and pandas; neither Keras, nor TensorFlow, scikit-learn or MLflow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from rnnops.core import files
from rnnops.core.errors import InputError
from rnnops.metrics.decision import decide
from rnnops.runtime.predictions import Predictions
from rnnops.sequences.cleaning import FoundSequences, clean
from rnnops.sequences.datasets import SequenceColumns
from rnnops.sequences.description import read_description, require_readable, write_description
from rnnops.sequences.inference import NumberNetwork
from rnnops.sequences.scaling import Scaling
from rnnops.sequences.sequences import Sequences
from rnnops.sequences.tables import read_table

NETWORK = "network"


@dataclass(frozen=True, eq=False)
class TableClassifier:
    """Without a `positive` label and its `threshold` the most probable label is taken.

    `labels` are sorted; `columns` says how a table is read, all channels among them.
    """

    labels: list[str]
    columns: SequenceColumns
    scaling: Scaling
    network: NumberNetwork
    positive: str | None
    threshold: float | None

    @property
    def channels(self) -> list[str]:
        """Their names, in the order of the network's inputs."""
        return list(self.columns.channels or [])

    def read(self, table: pd.DataFrame) -> FoundSequences:
        """The sequences of a table, a row for each step or each sequence; labels are not read.

        Raises:
            InputError: where a column is missing, or no sequence can be used.
        """
        found, channels = read_table(table, self.columns, is_labelled=False)
        return clean(found, channels, self.columns.max_missing_share)

    def score(self, values: Sequence[np.ndarray]) -> Predictions:
        """The answers for sequences, arrays of shape (steps, channels)."""
        probabilities = self.network.probabilities(self.scaling.scale(values))
        decided = decide(probabilities, self.labels, self.positive, self.threshold)
        return Predictions(self.labels, decided, probabilities)

    def label(self, sequences: Sequences) -> pd.DataFrame:
        """A row for each sequence: sequence, label, probability and p_<label>."""
        frame = self.score(sequences.values).to_frame()
        frame.insert(0, "sequence", pd.Series(sequences.ids, dtype="str"))
        return frame

    def predict(self, table: pd.DataFrame) -> pd.DataFrame:
        """The same for the sequences of a table.

        Raises:
            InputError: as `read` does, and for a sequence that cannot be used.
        """
        found = self.read(table)
        if len(found.rejected):
            name, reason = found.rejected[["sequence", "reason"]].iloc[0]
            raise InputError(f"sequence {name!r} cannot be classified: {reason}")
        return self.label(found.sequences)

    def save(self, folder: str | Path) -> None:
        """Write the classifier as JSON and NumPy files; replaces `folder`."""
        described = {
            "labels": self.labels,
            "columns": self.columns.model_dump(),
            "mean": self.scaling.mean.tolist(),
            "deviation": self.scaling.deviation.tolist(),
            "positive": self.positive,
            "threshold": self.threshold,
        }
        with files.atomic_folder(folder) as new:
            write_description(described, new)
            (new / NETWORK).mkdir()
            self.network.save(new / NETWORK)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """The classifier that `save` wrote to `folder`.

        Raises:
            InputError: when there is none, or one that is damaged or of another format.
        """
        folder = Path(folder)
        require_readable(folder)
        try:
            described = read_description(folder)
            return cls(
                described["labels"],
                SequenceColumns(**described["columns"]),
                Scaling(np.array(described["mean"]), np.array(described["deviation"])),
                NumberNetwork.load(folder / NETWORK),
                described["positive"],
                described["threshold"],
            )
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"the classifier in {folder} is damaged: {error}") from None
