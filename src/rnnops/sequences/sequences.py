"""Labelled sequences of numbers, and the table that they are kept in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from rnnops.sequences.datasets import SequenceColumns

CHANNEL = "x_"  # begins the name of a channel's column: a channel may be called `label`


@dataclass(frozen=True, eq=False)
class Sequences:
    """n sequences of the same channels.

    `values`: of each, shape (steps, channels), float64; the numbers of steps differ. `sources`: the
    group that each belongs to, or the file that it comes from. `labels` are empty where unknown.
    """

    ids: list[str]
    labels: list[str]
    sources: list[str]
    channels: list[str]
    values: list[np.ndarray]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def steps(self) -> np.ndarray:
        """How many each sequence has, shape (n,)."""
        return np.array([len(each) for each in self.values], int)

    @property
    def are_finite(self) -> np.ndarray:
        """Whether all values of each sequence are finite, shape (n,)."""
        return np.array([np.isfinite(each).all() for each in self.values], bool)

    def indices(self, labels: list[str]) -> np.ndarray:
        """The position of each sequence's label in `labels`, sorted; shape (n,)."""
        return np.searchsorted(labels, self.labels)

    def rows(self, chosen: Sequence[int]) -> Self:
        """Those at the positions `chosen`, in that order."""
        parts = (self.ids, self.labels, self.sources)
        ids, labels, sources = ([part[row] for row in chosen] for part in parts)
        return type(self)(ids, labels, sources, self.channels, [self.values[row] for row in chosen])

    def to_frame(self) -> pd.DataFrame:
        """A row a sequence: id, label, source and, of each channel, a list `x_<channel>`."""
        columns: dict[str, list[np.ndarray]] = {
            f"{CHANNEL}{name}": [each[:, place] for each in self.values]
            for place, name in enumerate(self.channels)
        }
        texts = {"id": self.ids, "label": self.labels, "source": self.sources}
        return pd.DataFrame({name: pd.array(of, dtype="str") for name, of in texts.items()}).assign(
            **{name: pd.Series(lists, dtype=object) for name, lists in columns.items()}
        )

    def to_long_table(self, columns: SequenceColumns) -> pd.DataFrame:
        """A row a step, with the columns that a model which reads such tables asks for."""
        table = pd.DataFrame(np.concatenate(self.values), columns=self.channels)
        table.insert(0, columns.sequence, np.repeat(np.array(self.ids, dtype=object), self.steps))
        if columns.time:
            table.insert(1, columns.time, np.concatenate([np.arange(each) for each in self.steps]))
        return table

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Self:
        """The sequences of a frame with the columns of `to_frame`."""
        names = [name for name in map(str, frame) if name.startswith(CHANNEL)]
        lists = [frame[name].tolist() for name in names]
        values = [np.stack(each, axis=1).astype(float) for each in zip(*lists, strict=True)]
        ids, labels, sources = (frame[name].tolist() for name in ("id", "label", "source"))
        channels = [name.removeprefix(CHANNEL) for name in names]
        return cls(ids, labels, sources, channels, values)
