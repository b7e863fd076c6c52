import numpy as np
import pytest
from scipy import sparse

from rnnops.linear.naive_bayes_svm import NaiveBayesSVM


@pytest.mark.parametrize("labels", [["ham", "spam"], ["a", "b", "c"]])
def test_it_predicts_the_label_whose_terms_a_message_holds(labels):
    random = np.random.default_rng(0)
    truth = random.integers(len(labels), size=200)
    rates = np.where(np.arange(6) % len(labels) == truth[:, None], 5.0, 0.1)
    vectors = sparse.csr_array(random.poisson(rates).astype(np.float32))
    named = np.array(labels)[truth]
    machine = NaiveBayesSVM(regularization=1.0, smoothing=1.0).fit(vectors, named)
    assert (machine.predict(vectors) == named).mean() > 0.98
    assert machine.classes_.tolist() == labels
