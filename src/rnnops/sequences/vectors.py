"""A sequence as one vector, for classifiers that read no sequences."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)


def flatten(values: Sequence[np.ndarray], steps: int) -> np.ndarray:
    """All values of each sequence, interpolated to as many steps; shape (n, steps · channels).

    Args:
        values: n arrays of shape (steps, channels).
    """
    places = np.linspace(0.0, 1.0, steps)
    vectors = [
        [np.interp(places, np.linspace(0.0, 1.0, len(each)), channel) for channel in each.T]
        for each in values
    ]
    return np.array(vectors, float).reshape(len(values), -1)


def channel_statistics(values: Sequence[np.ndarray], steps: int) -> np.ndarray:  # noqa: ARG001
    """Mean, standard deviation and quartiles of each channel: the order of the steps is lost.

    Shape (n, 7 · channels).
    """
    return np.array(
        [
            np.concatenate(
                [each.mean(axis=0), each.std(axis=0), *np.quantile(each, QUANTILES, axis=0)]
            )
            for each in values
        ],
        float,
    )


REPRESENTATIONS: Mapping[str, Callable[[Sequence[np.ndarray], int], np.ndarray]] = {
    "nearest_neighbour": flatten,
    "logistic_regression": flatten,
    "channel_statistics": channel_statistics,
}
