from typing import get_args

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from rnnops.core import files
from rnnops.features.featurizer import FeaturizedTexts, Featurizer, Representation
from rnnops.features.params import Features
from rnnops.features.tokens import tokenize
from rnnops.features.vocabulary import PADDING_ID, UNKNOWN_ID, Vocabulary

REPRESENTATIONS = get_args(Representation)
TEXTS = [
    "Free money! Click here now, free free money",
    "The meeting moved to three, bring the notes",
    "Бесплатно деньги 免费 now",
    "Notes of the meeting: money was not discussed",
] * 3
LABELS = ["spam", "ham", "spam", "ham"] * 3


def params(method):
    word2vec = {"dimension": 8, "window": 2, "negative": 2, "epochs": 2, "seed": 0}
    terms = {"word_ngrams": 2, "character_ngrams": 3, "min_documents": 1, "size": 10_000}
    return Features(method=method, vocabulary_size=100, min_count=1, terms=terms, word2vec=word2vec)


@pytest.fixture(params=["bow", "tfidf", "word2vec", "hybrid"])
def featurizer(request):
    return Featurizer.fit(TEXTS, LABELS, params(request.param))


def test_the_vocabulary_keeps_the_most_frequent_words_ties_by_name():
    vocabulary = Vocabulary.build([["b", "a", "c"], ["c", "a", "b", "c", "rare"]], 3, 2)
    assert vocabulary.words == ["<padding>", "<unknown>", "c", "a", "b"]
    assert vocabulary.encode(["a", "new", "c"]).tolist() == [3, UNKNOWN_ID, 2]
    assert vocabulary.encode([]).tolist() == [UNKNOWN_ID]


def test_only_the_texts_it_was_fitted_on_are_learnt(featurizer):
    features = featurizer.transform(["utterly novel wording"])
    assert features.sequences[0].tolist() == [UNKNOWN_ID] * 3


@pytest.mark.parametrize("representation", REPRESENTATIONS)
def test_every_text_has_a_sequence_without_padding_and_a_vector(featurizer, representation):
    features = featurizer.transform([*TEXTS, "", "!!!"])
    assert all(len(ids) and PADDING_ID not in ids for ids in features.sequences)
    if featurizer.can(representation):
        vectors = featurizer.represent(features, representation)
        assert vectors.shape[0] == len(TEXTS) + 2
        assert np.isfinite(vectors.data).all()
    else:
        assert (featurizer.word_vectors, representation) == (None, "mean_vectors")


@pytest.mark.parametrize("representation", ["word_counts", "word_tfidf"])
def test_words_alone_leave_the_characters_out(featurizer, representation):
    features = featurizer.transform(TEXTS)
    words = featurizer.represent(features, representation).shape[1]
    assert not any("\t" in name for name in featurizer.terms.names[:words])
    assert all("\t" in name for name in featurizer.terms.names[words:])


def test_a_texts_features_do_not_depend_on_the_others(featurizer):
    together = featurizer.transform(TEXTS)
    alone = featurizer.transform(TEXTS[2:3])
    assert together.sequences[2].tolist() == alone.sequences[0].tolist()
    np.testing.assert_array_equal(together.counts[[2]].toarray(), alone.counts.toarray())


def test_tfidf_is_scikit_learns():
    featurizer = Featurizer.fit(TEXTS, LABELS, params("hybrid"))
    names = featurizer.terms.names[: featurizer.terms.words]
    counts = CountVectorizer(
        tokenizer=tokenize,
        token_pattern=None,
        lowercase=False,
        ngram_range=(1, 2),
        vocabulary=names,
    )
    expected = TfidfTransformer(sublinear_tf=True).fit_transform(counts.fit_transform(TEXTS))
    ours = featurizer.represent(featurizer.transform(TEXTS), "word_tfidf")
    np.testing.assert_allclose(ours.toarray(), expected.toarray(), rtol=1e-5)


def test_tfidf_weights_follow_the_tokens_and_have_mean_square_one():
    featurizer = Featurizer.fit(TEXTS, LABELS, params("tfidf"))
    features = featurizer.transform(TEXTS)
    for ids, weights in zip(features.sequences, features.weights, strict=True):
        assert len(ids) == len(weights)
        by_word = dict(zip(ids.tolist(), weights.tolist(), strict=True))
        assert np.mean(np.square(list(by_word.values()))) == pytest.approx(1, abs=1e-5)


def test_features_survive_the_way_through_a_frame(featurizer, tmp_path):
    features = featurizer.transform(TEXTS)
    files.write_parquet(features.to_frame(), tmp_path / "features.parquet")
    frame = files.read_parquet(tmp_path / "features.parquet")
    restored = FeaturizedTexts.from_frame(frame, len(featurizer.terms))
    for before, after in zip(features.sequences, restored.sequences, strict=True):
        np.testing.assert_array_equal(before, after)
    np.testing.assert_array_equal(features.counts.toarray(), restored.counts.toarray())
    assert (restored.weights is None) == (features.weights is None)


def test_fitting_twice_writes_the_same_bytes_and_loading_gives_the_same_features(
    featurizer, tmp_path
):
    again = Featurizer.fit(TEXTS, LABELS, params(featurizer.method))
    featurizer.save(tmp_path / "one")
    again.save(tmp_path / "two")
    assert files.digest(tmp_path / "one") == files.digest(tmp_path / "two")
    loaded = Featurizer.load(tmp_path / "one")
    assert loaded.labels == ["ham", "spam"]
    np.testing.assert_array_equal(
        loaded.transform(TEXTS).counts.toarray(), featurizer.transform(TEXTS).counts.toarray()
    )
