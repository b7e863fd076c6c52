"""The linear classifiers and their regularization."""

from typing import Literal

from pydantic import Field

from rnnops.core.sections import Section
from rnnops.core.tasks import CLASSIFICATION


class Baseline(Section):
    """`smoothing` is Naive Bayes' alpha, the others the C of the classifiers in their names."""

    models: list[
        Literal[
            "multinomial_naive_bayes",
            "complement_naive_bayes",
            "logistic_regression",
            "linear_svm",
            "naive_bayes_svm",
            "mean_word2vec",
        ]
    ] = Field(min_length=1)
    smoothing: float = Field(gt=0)
    regularization: float = Field(gt=0)
    svm_regularization: float = Field(gt=0)


SECTIONS = {CLASSIFICATION: {"baseline": Baseline}}
