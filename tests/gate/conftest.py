from pathlib import Path

import numpy as np
import pytest

from rnnops.core.params import load_params
from rnnops.gate.params import Gate
from rnnops.metrics.scores import Scores

PARAMS = Path(__file__).parents[2] / "params.yaml"


@pytest.fixture(scope="session")
def gate():
    """The project's own parameters of the gate, changed as said.

    Fewer resamples, and a cap on false positives that 100 clusters are enough for.
    """
    small = {"bootstrap_resamples": 200, "max_false_positive_rate": 0.1}
    own = load_params(PARAMS)[Gate].model_dump() | small
    return lambda **changes: Gate.model_validate(own | changes)


@pytest.fixture(scope="session")
def rule_alone(gate):
    """The same without guard rails."""
    off = dict.fromkeys(("max_false_positive_rate", "min_recall", "max_slice_loss"))
    return lambda **changes: gate(**off | {"no_worse_than_baseline": False} | changes)


@pytest.fixture(scope="session")
def scores():
    """400 messages, ham and spam in turn, each clearly ham or spam but for the rows named."""

    def make(wrong=(), threshold=0.5):
        is_spam = np.arange(400) % 2
        seen = is_spam.copy()
        seen[list(wrong)] = 1 - seen[list(wrong)]
        p_spam = 0.05 + 0.8 * seen + np.arange(400) / 4000
        probabilities = np.column_stack([1 - p_spam, p_spam])
        return Scores(("ham", "spam"), is_spam, probabilities, "spam", threshold)

    return make
