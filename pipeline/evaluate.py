"""Choose thresholds on the validation split, then measure the classifiers on the test split."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rnnops.catalog.params import Data, chosen_dataset
from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.core.sections import Parameters
from rnnops.features.params import Features
from rnnops.metrics.evaluation import NETWORK, Evaluation, evaluate_splits, with_decisions
from rnnops.metrics.params import Evaluate
from rnnops.recurrent.params import Train
from rnnops.report.curves import all_curves
from rnnops.report.explanation import explain
from rnnops.report.fonts import find_fonts
from rnnops.report.mistakes import worst_mistakes
from rnnops.report.perturbations import words_by_label
from rnnops.report.plots import draw_all, write_plots
from rnnops.report.report import render_report
from rnnops.report.results import SPLITS, Results
from rnnops.report.robustness import measure_robustness

if TYPE_CHECKING:
    from rnnops.report.classifiers import Classifiers


def main() -> str:
    # Importing Keras fails without the backend: here, run_stage prints that error.
    from rnnops.recurrent.device import check_backend, select_device
    from rnnops.report.classifiers import Classifiers, predict_splits

    params = load_params()
    check_backend(params[Train].backend)
    select_device(params[Train].device)
    classifiers = Classifiers.load(layout.FEATURIZER, layout.NETWORK, layout.BASELINE)
    labels, best = classifiers.featurizer.labels, classifiers.best_baseline
    decision = chosen_dataset(params).positive, params[Evaluate]
    rows = {split: files.read_parquet(layout.features_file(split)) for split in SPLITS}
    predictions = predict_splits(classifiers, rows)
    evaluations = evaluate_splits(predictions, classifiers.names, labels, *decision)
    results = Results.of(
        evaluations,
        best,
        dataset=params[Data].dataset,
        max_false_positive_rate=params[Evaluate].max_false_positive_rate,
    )
    evaluation = evaluations[layout.TEST].network_against(best)
    results.write()
    files.write_json(results.headline_report(), layout.METRICS)
    predictions = with_decisions(predictions, labels, evaluations[layout.TEST])
    files.write_parquet(predictions, layout.PREDICTIONS)
    write_report(params, results, evaluation, classifiers)
    headlines = results.headlines(NETWORK)
    return (
        f"evaluate: network accuracy {headlines['accuracy']:.4f}, log loss "
        f"{headlines['log_loss']:.4f} on the validation split; test split: {layout.REPORT}"
    )


def write_report(
    params: Parameters, results: Results, evaluation: Evaluation, classifiers: "Classifiers"
) -> None:
    """Write what people look at; `evaluation`: the test split's, of the network and baseline."""
    from rnnops.runtime.text_classifier import TextClassifier

    bins, featurizer = params[Evaluate].calibration_bins, classifiers.featurizer
    messages = files.read_parquet(layout.split_file(layout.TEST))
    train = files.read_parquet(layout.features_file(layout.TRAIN), columns=["label", "sequence"])
    label_words = words_by_label(
        train["sequence"].tolist(),
        np.searchsorted(featurizer.labels, train["label"]),
        featurizer.vocabulary.words,
    )
    robustness = measure_robustness(
        evaluation, messages, label_words, classifiers.probabilities_of_texts, params[Evaluate]
    )
    slices = evaluation.slices(messages["source"].to_numpy())
    files.write_json(robustness, layout.ROBUSTNESS)
    files.write_json(slices, layout.SLICES)

    curves = {model: all_curves(scores, bins) for model, scores in evaluation.scores.items()}
    history, flow = pd.read_csv(layout.HISTORY), pd.read_csv(layout.GRADIENT_FLOW)
    pictures = draw_all(evaluation.scores, history, flow, bins)
    write_plots(layout.PLOTS, curves, pictures)
    for label, name in find_fonts(featurizer.labels).undrawable.items():
        print(f"evaluate: no installed font draws {label!r}; plots call it {name}")

    network = evaluation.scores[NETWORK]
    classifier = TextClassifier(
        featurizer, classifiers.network, network.positive, network.threshold
    )
    mistakes = worst_mistakes(messages, network)
    texts = messages.set_index("id")["text"].loc[mistakes["id"]]
    report = render_report(
        method=params[Features].method,
        results=results,
        split=files.read_json(layout.SPLIT_REPORT),
        robustness=robustness,
        slices=slices,
        pictures=pictures,
        mistakes=mistakes,
        explanations=[explain(text, classifier.predict) for text in texts],
    )
    files.write_text(report, layout.REPORT)


if __name__ == "__main__":
    run_stage(main)
