"""The report of language models, read as a browser does."""

import html5lib
import numpy as np
import pandas as pd
import pytest
from small_language_model import TEXTS, small_language_model

from rnnops.language_model.measures import measure_models
from rnnops.next_word.evaluation import Evaluation
from rnnops.next_word.report import learning_curve, passage_of, render_report
from rnnops.next_word.results import Results
from rnnops.report.figure_style import to_png

WEIGHTS = {"network": 0.25, "kneser_ney_5": 0.75}


@pytest.fixture(scope="module")
def results():
    model = small_language_model()
    documents = [model.vocabulary.ids(text) for text in TEXTS * 3]
    models = {"network": model.network, "kneser_ney_5": model.ngrams}
    found = measure_models(models, {"interpolated": WEIGHTS}, documents, unknown=1, ranked=range(6))
    evaluation = Evaluation(found, np.arange(6).astype(str), 100, 0)
    labels = pd.Series(["<i>news</i>", "tales"] * 3)
    splits = {"validation": evaluation, "test": evaluation}
    return Results.of(splits, labels, "mine & yours", 12, WEIGHTS)


@pytest.fixture(scope="module")
def picture(results):
    history = pd.DataFrame({"epoch": [1, 2], "train_loss": [3.0, 2.0], "val_loss": [3.1, 2.5]})
    return to_png(learning_curve(history, results))


def test_the_page_is_valid_and_what_texts_say_is_no_markup(results, picture):
    model = small_language_model()
    page = render_report(results, picture, passage_of(model.vocabulary.ids(TEXTS[1]), model))
    document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    text = "".join(document.itertext())
    assert "<i>news</i>" in text
    assert "mine & yours" in text
    (passage,) = [each for each in document.iter("p") if each.get("class") == "passage"]
    assert "".join(passage.itertext()).split() == TEXTS[1].split()
    titles = [span.get("title") for span in passage.iter("span")]
    assert all(title.startswith("both ") and title.endswith(" bits") for title in titles)


def test_the_same_results_give_the_same_bytes(results, picture):
    history = pd.DataFrame({"epoch": [1, 2], "train_loss": [3.0, 2.0], "val_loss": [3.1, 2.5]})
    assert to_png(learning_curve(history, results)) == picture


def test_every_model_and_label_has_its_row(results):
    page = render_report(results, b"", [])
    for shown in ("Network", "Interpolated", "Kneser–Ney 5", "tales"):
        assert f">{shown}<" in page
