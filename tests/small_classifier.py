"""A hybrid classifier on a few messages: the recurrent half is untrained, the linear one is not."""

import numpy as np

from rnnops.core.params import load_params
from rnnops.features.featurizer import FeaturizedTexts, Featurizer
from rnnops.features.params import Features
from rnnops.linear.classifiers import fit_classifier
from rnnops.linear.params import Baseline
from rnnops.recurrent.export import export_network
from rnnops.recurrent.network import InputShape, build_network
from rnnops.recurrent.params import Train
from rnnops.recurrent.sequence_classifier import SequenceClassifier

TEXTS = ["win cash now", "meeting at noon", "cash prize, click", "notes of the meeting"] * 8
LABELS = np.array([1, 0, 1, 0] * 8)


def hybrid_classifier() -> tuple[Featurizer, FeaturizedTexts, SequenceClassifier]:
    """The featurizer, with the labels ham and spam, the features of TEXTS and the classifier."""
    params = load_params()
    small = {"vocabulary_size": 50, "min_count": 1, "method": "hybrid"}
    small["word2vec"] = params[Features].word2vec.model_copy(update={"dimension": 6, "epochs": 1})
    names = np.array(["ham", "spam"])[LABELS]
    featurizer = Featurizer.fit(TEXTS, names, params[Features].model_copy(update=small))
    features = featurizer.transform(TEXTS)
    vectors = featurizer.represent(features, "tfidf")
    linear = fit_classifier("logistic_regression", vectors, LABELS, params[Baseline])
    shape = InputShape(len(featurizer.vocabulary), 2, 6, weighted=False)
    train = params[Train].model_copy(update={"units": 5})
    network = build_network(shape, train, featurizer.word_vectors)
    classifier = SequenceClassifier(export_network(network, train), linear)
    return featurizer, features, classifier.fit_exponents(featurizer, features, LABELS)
