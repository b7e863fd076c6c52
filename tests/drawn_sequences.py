"""Random sequences whose label only the order of their steps decides."""

import numpy as np

from rnnops.sequences.sequences import Sequences

LABELS = ["fall", "peak", "rise"]
CHANNELS = ["level", "noise"]


def arrange(values, label):
    """The same numbers, in the order of the label."""
    rising = np.sort(values)
    if label == "peak":
        return np.concatenate([rising[::2], rising[1::2][::-1]])
    return rising if label == "rise" else rising[::-1]


def draw_sequences(number, *, labels=LABELS, persons=12, steps=(8, 16), seed=0):
    """Named w000, w001 and so on, of person-00, person-01 and so on; the labels take turns."""
    random = np.random.default_rng(seed)
    named = [labels[place % len(labels)] for place in range(number)]
    values = [
        np.stack([arrange(random.normal(size=length), label), random.normal(size=length)], axis=1)
        for label, length in zip(named, random.integers(*steps, number), strict=True)
    ]
    return Sequences(
        [f"w{place:03d}" for place in range(number)],
        named,
        [f"person-{place // len(labels) % persons:02d}" for place in range(number)],
        CHANNELS,
        values,
    )
