"""The parameters that runs log, and the names made of them."""

import pytest
from project import ROOT

from rnnops.core.params import load_params
from rnnops.core.tasks import FOLDERS, FORECAST, NEXT_WORD, SEQUENCES
from rnnops.features.params import Features
from rnnops.linear.params import Baseline
from rnnops.metrics.params import EvaluateTexts
from rnnops.recurrent.params import Train
from rnnops.split.params import Split
from rnnops.tracking.run_names import baseline_name, model_name, network_name
from rnnops.tracking.run_parameters import (
    SECTIONS,
    UNUSED,
    baseline_params,
    flatten,
    network_params,
)


@pytest.fixture
def params():
    return load_params(ROOT / "params.yaml")


def changed(params, section, **values):
    return params.with_section(params[section].model_copy(update=values))


@pytest.mark.parametrize("method", ["bow", "tfidf", "word2vec", "hybrid"])
def test_every_run_has_the_same_keys(params, method):
    keys = set(network_params(params))
    other = changed(params, Features, method=method)
    assert set(network_params(other)) == keys
    assert set(baseline_params(other, "linear_svm")) == keys
    assert not {value for value in network_params(other).values() if isinstance(value, dict)}


def test_what_a_run_does_not_use_is_said_so_and_makes_no_difference(params):
    deeper = changed(params, Train, layers=2)
    assert baseline_params(params, "linear_svm") == baseline_params(deeper, "linear_svm")
    assert baseline_params(params, "linear_svm")["train.units"] == UNUSED
    assert network_params(params) != network_params(deeper)
    learnt = network_params(params)["features.word2vec.dimension"]
    assert learnt == params[Features].word2vec.dimension
    bow = network_params(changed(params, Features, method="bow"))
    assert bow["features.word2vec.dimension"] == UNUSED


@pytest.mark.parametrize(
    ("section", "values"),
    [
        (Features, {"method": "bow"}),
        (Train, {"units": 50}),
        (Train, {"layers": 2}),
        (Train, {"dropout": 0.35}),
        (Train, {"learning_rate": 0.0005}),
        (Train, {"epochs": 3}),
        (Train, {"seed": 4}),
    ],
)
def test_a_networks_name_tells_what_is_varied_most(params, section, values):
    name = network_name(network_params(params))
    other = network_name(network_params(changed(params, section, **values)))
    assert other != name
    (value,) = values.values()
    assert str(value) in other


@pytest.mark.parametrize(
    ("section", "values"),
    [
        (Train, {"batch_size": 64}),
        (Split, {"seed": 1}),
        (Features, {"min_count": 3}),
        (EvaluateTexts, {"calibration_bins": 5}),
    ],
)
def test_any_other_parameter_changes_the_code_at_the_end_of_both_names(params, section, values):
    other = changed(params, section, **values)
    names = [network_name(network_params(each)) for each in (params, other, other)]
    assert names[0] != names[1] == names[2]
    assert names[0].rpartition(" (")[0] == names[1].rpartition(" (")[0]
    names = [baseline_name(baseline_params(each, "linear_svm")) for each in (params, other)]
    assert (names[0] != names[1]) == (section is not Train)


def test_a_baselines_name_tells_how_it_was_fitted(params):
    params = changed(params, Baseline, smoothing=0.5, regularization=3.0, svm_regularization=2.0)
    values = {
        name: baseline_name(baseline_params(params, name)).rpartition(" (")[0]
        for name in params[Baseline].models
    }
    assert values == {
        "multinomial_naive_bayes": "multinomial naive bayes, smoothing 0.5",
        "complement_naive_bayes": "complement naive bayes, smoothing 0.5",
        "logistic_regression": "logistic regression, C 3",
        "linear_svm": "linear svm, C 2",
        "naive_bayes_svm": "naive bayes svm, C 2",
        "mean_word2vec": "mean word2vec, C 3",
    }


@pytest.mark.parametrize(
    ("task", "model"),
    [(NEXT_WORD, "kneser_ney_5"), (FORECAST, "auto_ets"), (SEQUENCES, "nearest_neighbour")],
)
def test_runs_of_another_task_have_the_same_keys_and_are_named_by_the_model(task, model):
    params = load_params(ROOT / FOLDERS[task] / "params.yaml")
    network, baseline = network_params(params), baseline_params(params, model)
    assert network.keys() == baseline.keys()
    assert {name.split(".")[0] for name in network} <= {*SECTIONS, "model"}
    assert (network["model"], baseline["model"]) == ("SimpleRNN", model)
    used = {name for name, value in baseline.items() if value != UNUSED}
    assert used == {name for name in network if not name.startswith("train.")}
    assert model_name(baseline).startswith(f"{model.replace('_', ' ')} (")


def test_a_networks_name_begins_with_its_features_where_it_has_a_choice_of_them(params):
    next_word = load_params(ROOT / FOLDERS[NEXT_WORD] / "params.yaml")
    assert network_name(network_params(params)).startswith("hybrid SimpleRNN ")
    assert network_name(network_params(next_word)).startswith("SimpleRNN ")


def test_flat_joins_nested_keys_with_dots():
    assert flatten({"a": {"b": {"c": 1}, "d": 2}, "e": 3}) == {"a.b.c": 1, "a.d": 2, "e": 3}
