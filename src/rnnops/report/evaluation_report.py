"""What people look at of an evaluation: robustness, slices, plots and a page with all of them."""

from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd

from rnnops.core import files, layout
from rnnops.core.console import note
from rnnops.metrics.evaluation import NETWORK, Evaluation
from rnnops.metrics.params import EvaluateTexts
from rnnops.metrics.slices import Slices
from rnnops.report.changes import Changes
from rnnops.report.classifiers import Classifiers
from rnnops.report.curves import all_curves
from rnnops.report.decision_rule import describe_shortage
from rnnops.report.explanation import explain
from rnnops.report.fonts import find_fonts
from rnnops.report.mistakes import worst_mistakes
from rnnops.report.perturbations import words_by_label
from rnnops.report.plots import draw_all, write_plots
from rnnops.report.report import render_report
from rnnops.report.results import Results
from rnnops.report.robustness import measure_robustness
from rnnops.runtime.text_classifier import TextClassifier


class Sources(NamedTuple):
    """What earlier stages wrote, beside the models.

    `messages`: the test split. `train`: columns label and sequence of the training split's
    features. `history` and `gradient_flow`: of the training. `split`: reports/split.json.
    """

    messages: pd.DataFrame
    train: pd.DataFrame
    history: pd.DataFrame
    gradient_flow: pd.DataFrame
    split: dict[str, Any]

    @classmethod
    def read(cls) -> Self:
        """The files where the stages wrote them."""
        features = layout.features_file(layout.TRAIN)
        return cls(
            files.read_parquet(layout.split_file(layout.TEST)),
            files.read_parquet(features, columns=["label", "sequence"]),
            pd.read_csv(layout.HISTORY),
            pd.read_csv(layout.GRADIENT_FLOW),
            files.read_json(layout.SPLIT_REPORT),
        )


@dataclass(frozen=True)
class EvaluationReport:
    """By model: `slices`, `strata` and `curves`; by plot: `pictures`, PNG bytes; `page`: HTML."""

    robustness: dict[str, Changes]
    slices: dict[str, Slices]
    strata: dict[str, Slices]
    curves: dict[str, dict[str, pd.DataFrame]]
    pictures: dict[str, bytes]
    page: str

    def write(self) -> None:
        """Write every part to its file in reports/."""
        files.write_json(self.robustness, layout.ROBUSTNESS)
        slices = {"by_source": self.slices, "by_train_similarity": self.strata}
        files.write_json(slices, layout.SLICES)
        write_plots(layout.PLOTS, self.curves, self.pictures)
        files.write_text(self.page, layout.REPORT)


def make_report(
    classifiers: Classifiers,
    results: Results,
    evaluation: Evaluation,
    sources: Sources,
    params: EvaluateTexts,
) -> EvaluationReport:
    """The report of the network and the best baseline; notes what the data do not allow.

    Args:
        results, evaluation: of all models; the evaluation of the test split.
    """
    halves = evaluation.halves_against(results.best_baseline)
    evaluation = evaluation.network_against(results.best_baseline)
    featurizer, network = classifiers.featurizer, evaluation.scores[NETWORK]
    label_words = words_by_label(
        sources.train["sequence"].tolist(),
        np.searchsorted(featurizer.labels, sources.train["label"]),
        featurizer.vocabulary.words,
    )
    robustness = measure_robustness(
        halves, sources.messages, label_words, classifiers.probabilities_of_texts, params
    )
    slices = evaluation.slices(sources.messages["source"].to_numpy())
    bins = params.calibration_bins
    strata = evaluation.strata(sources.messages["train_similarity"].to_numpy(), bins)
    pictures = draw_all(evaluation.scores, sources.history, sources.gradient_flow, bins)
    mistakes = worst_mistakes(sources.messages, network)
    texts = sources.messages.set_index("id")["text"].loc[mistakes["id"]]
    classifier = TextClassifier(
        featurizer, classifiers.network, network.positive, network.threshold
    )
    page = render_report(
        method=featurizer.method,
        results=results,
        split=sources.split,
        robustness=robustness,
        slices=slices,
        strata=strata,
        pictures=pictures,
        mistakes=mistakes,
        explanations=[explain(text, classifier.predict) for text in texts],
    )
    cap = results.max_false_positive_rate
    if shortage := describe_shortage(results.positive, cap, sources.split):
        note(shortage)
    for label, name in find_fonts(featurizer.labels).undrawable.items():
        note(f"no installed font draws {label!r}; plots call it {name}")
    curves = {model: all_curves(scores, bins) for model, scores in evaluation.scores.items()}
    return EvaluationReport(robustness, slices, strata, curves, pictures, page)
