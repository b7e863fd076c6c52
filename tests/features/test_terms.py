import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from rnnops.catalog.dataset import TermParams
from rnnops.features.terms import Terms

DOCUMENTS = [
    ["free", "money", "free"],
    ["the", "money", "<price>"],
    ["free", "money", "now"],
    [],
]


def fit(**changes):
    params = {"word_ngrams": 2, "character_ngrams": 4, "min_documents": 1, "size": 1000}
    return Terms.fit(DOCUMENTS, TermParams(**{**params, **changes}))


def counted(terms, name, documents=DOCUMENTS):
    return terms.count(documents).toarray()[:, terms.names.index(name)].tolist()


def test_word_ngrams_are_counted():
    terms = fit()
    assert counted(terms, "free") == [2, 0, 1, 0]
    assert counted(terms, "free money") == [1, 0, 1, 0]
    assert counted(terms, "the money") == [0, 1, 0, 0]


def test_character_ngrams_are_those_of_each_word_as_scikit_learn_cuts_them():
    terms = fit()
    pieces = terms.names[terms.words :]
    reference = CountVectorizer(analyzer="char_wb", ngram_range=(2, 4), lowercase=False)
    expected = reference.fit_transform([" ".join(tokens) for tokens in DOCUMENTS])
    assert pieces == ["\t" + name for name in reference.get_feature_names_out()]
    found = terms.count(DOCUMENTS).toarray()[:, terms.words :]
    np.testing.assert_array_equal(found, expected.toarray())


def test_neighbouring_segments_are_counted_as_one_word():
    documents = [["今", "天", "free", "会"], ["今", "天", "今", "天"]]
    terms = Terms.fit(
        documents, TermParams(word_ngrams=2, character_ngrams=4, min_documents=1, size=1000)
    )
    assert counted(terms, "今", documents) == [1, 2]
    assert counted(terms, "今 天", documents) == [1, 2]
    assert counted(terms, "\t今天", documents) == [1, 2]
    assert counted(terms, "\t天今", documents) == [0, 1]
    assert "\t 天" not in terms.names
    assert counted(terms, "\tfree", documents) == [1, 0]


def test_a_new_word_is_known_by_its_pieces():
    terms = fit()
    found = dict(zip(terms.names, terms.count([["moneyed"]]).toarray()[0], strict=True))
    assert {name for name, count in found.items() if count} == {
        "\t m", "\t mo", "\t mon", "\tmo", "\tmon", "\tmone",
        "\ton", "\tone", "\toney", "\tne", "\tney", "\tey",
    }  # fmt: skip


@pytest.mark.parametrize("documents", [[], [[]], [[], []]])
def test_nothing_holds_no_term(documents):
    counts = fit().count(documents)
    assert counts.shape == (len(documents), len(fit()))
    assert counts.nnz == 0


def test_rare_terms_are_left_out_and_the_frequent_ones_kept():
    assert fit(min_documents=2, character_ngrams=0).names == ["free", "free money", "money"]
    documents = [[f"word{number % 12}"] for number in range(100)]
    few = Terms.fit(documents, TermParams(
        word_ngrams=1, character_ngrams=2, min_documents=1, size=10
    ))  # fmt: skip
    assert (few.words, len(few)) == (10, 20)
    assert {f"word{number}" for number in (8, 9)}.isdisjoint(few.names)


def test_rarity_is_weighed_as_scikit_learn_does():
    terms = fit(character_ngrams=0)
    idf = dict(zip(terms.names, terms.idf, strict=True))
    assert idf["money"] == pytest.approx(np.log(5 / 4) + 1)
    assert idf["now"] == pytest.approx(np.log(5 / 2) + 1)


def test_saved_terms_count_the_same(tmp_path):
    terms = fit()
    terms.save(tmp_path)
    loaded = Terms.load(tmp_path)
    assert loaded.names == terms.names
    np.testing.assert_array_equal(loaded.idf, terms.idf)
    np.testing.assert_array_equal(
        loaded.count(DOCUMENTS).toarray(), terms.count(DOCUMENTS).toarray()
    )
