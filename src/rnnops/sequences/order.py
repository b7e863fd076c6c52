"""What the order of the steps is worth: the classifiers' metrics when the steps are rearranged."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

Values = list[np.ndarray]  # arrays of shape (steps, channels)


def _shuffle(values: Sequence[np.ndarray], random: np.random.Generator) -> Values:
    return [each[random.permutation(len(each))] for each in values]


def _reverse(values: Sequence[np.ndarray], _: np.random.Generator) -> Values:
    return [each[::-1] for each in values]


REARRANGED: Mapping[str, Callable[..., Values]] = {"shuffled": _shuffle, "reversed": _reverse}


def rearrange(values: Sequence[np.ndarray], seed: int) -> dict[str, Values]:
    """The sequences with their steps shuffled, and with their steps reversed."""
    return {
        name: change(values, np.random.default_rng(seed)) for name, change in REARRANGED.items()
    }
