"""What runs say of their parameters and what they are called."""

import pytest
from project import ROOT

from rnnops import config
from rnnops.tracking.names import baseline_name, network_name
from rnnops.tracking.outputs import UNUSED, baseline_params, network_params


@pytest.fixture
def params():
    return config.load(ROOT / "params.yaml")


def changed(params, section, **values):
    part = getattr(params, section).model_copy(update=values)
    return params.model_copy(update={section: part})


@pytest.mark.parametrize("method", ["bow", "tfidf", "word2vec", "hybrid"])
def test_every_run_has_the_same_keys(params, method):
    keys = set(network_params(params))
    other = changed(params, "features", method=method)
    assert set(network_params(other)) == keys
    assert set(baseline_params(other, "linear_svm")) == keys
    assert not {value for value in network_params(other).values() if isinstance(value, dict)}


def test_what_a_run_does_not_use_is_said_so_and_makes_no_difference(params):
    deeper = changed(params, "train", layers=2)
    assert baseline_params(params, "linear_svm") == baseline_params(deeper, "linear_svm")
    assert baseline_params(params, "linear_svm")["train.units"] == UNUSED
    assert network_params(params) != network_params(deeper)
    learnt = network_params(params)["features.word2vec.dimension"]
    assert learnt == params.features.word2vec.dimension
    bow = network_params(changed(params, "features", method="bow"))
    assert bow["features.word2vec.dimension"] == UNUSED


@pytest.mark.parametrize(
    ("section", "values"),
    [
        ("features", {"method": "bow"}),
        ("train", {"units": 50}),
        ("train", {"layers": 2}),
        ("train", {"dropout": 0.35}),
        ("train", {"learning_rate": 0.0005}),
        ("train", {"seed": 4}),
    ],
)
def test_a_networks_name_tells_what_is_varied_most(params, section, values):
    name = network_name(network_params(params))
    other = network_name(network_params(changed(params, section, **values)))
    assert other != name
    (value,) = values.values()
    assert str(value) in other


def test_a_baselines_name_tells_how_it_was_fitted(params):
    section = changed(
        params, "baseline", smoothing=0.5, regularization=3.0, svm_regularization=2.0
    ).baseline
    told = {name: baseline_name(name, section) for name in section.models}
    assert told == {
        "multinomial_naive_bayes": "multinomial naive bayes, smoothing 0.5",
        "complement_naive_bayes": "complement naive bayes, smoothing 0.5",
        "logistic_regression": "logistic regression, C 3",
        "linear_svm": "linear svm, C 2",
        "naive_bayes_svm": "naive bayes svm, C 2",
        "mean_word2vec": "mean word2vec, C 3",
    }
