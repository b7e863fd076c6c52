import math

import pytest

from rnnops.gate.looks import MOST_LOOKS, confidence_at


@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_all_looks_together_spend_the_error_of_one(confidence):
    spent = [1 - confidence_at(look, confidence) for look in range(1, MOST_LOOKS + 1)]
    assert math.fsum(spent) == pytest.approx(1 - confidence)
    assert spent == sorted(spent, reverse=True)
    assert spent[0] == pytest.approx(2 * spent[1])
