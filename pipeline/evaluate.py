"""Choose thresholds on the validation split, then measure the classifiers on the test split."""

from typing import Any

import numpy as np
import pandas as pd

from rnnops.catalog.params import Data, chosen_dataset
from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.core.sections import Parameters
from rnnops.features.featurizer import FeaturizedTexts, Featurizer
from rnnops.features.params import Features
from rnnops.features.vectors import count_vectors
from rnnops.linear.classifiers import load_all
from rnnops.metrics.evaluation import (
    BASELINE,
    NETWORK,
    Evaluation,
    evaluate_models,
    predictions_frame,
    with_decisions,
)
from rnnops.metrics.params import Evaluate
from rnnops.recurrent.device import check_backend, select_device
from rnnops.recurrent.params import Train
from rnnops.recurrent.sequence_classifier import SequenceClassifier
from rnnops.report.curves import all_curves
from rnnops.report.explanation import explain
from rnnops.report.fonts import find_fonts
from rnnops.report.mistakes import worst_mistakes
from rnnops.report.negation import has_sentiment, negation
from rnnops.report.perturbations import telling_words
from rnnops.report.plots import draw_all, write_plots
from rnnops.report.report import render_report
from rnnops.report.results import SPLITS, all_results, headline_report, headlines
from rnnops.report.robustness import measure_changes
from rnnops.runtime.text_classifier import TextClassifier


def main() -> str:
    params = load_params()
    check_backend(params[Train].backend)
    select_device(params[Train].device)
    featurizer = Featurizer.load(layout.FEATURIZER)
    network, baselines = SequenceClassifier.load(layout.NETWORK), load_all(layout.BASELINE)
    best, *others = baselines

    def classify(features: FeaturizedTexts, names: list[str]) -> dict[str, np.ndarray]:
        chosen = {name: baselines[name] for name in names}
        return {
            name: linear.probabilities(featurizer.represent(features, linear.representation))
            for name, linear in chosen.items()
        }

    def compare(features: FeaturizedTexts) -> dict[str, np.ndarray]:
        (baseline,) = classify(features, [best]).values()
        return {NETWORK: network.probabilities(featurizer, features), BASELINE: baseline}

    compared, rest = [], []
    for split in SPLITS:
        rows = files.read_parquet(layout.features_file(split))
        features = FeaturizedTexts.from_frame(rows, len(featurizer.terms))
        described = rows[["id", "source", "cluster", "label"]].assign(split=split)
        compared.append(predictions_frame(described, featurizer.labels, compare(features)))
        rest.append(predictions_frame(described, featurizer.labels, classify(features, others)))
    predictions, rest = (pd.concat(frames, ignore_index=True) for frames in (compared, rest))

    train = files.read_parquet(layout.features_file(layout.TRAIN), columns=["label", "sequence"])
    decided = (featurizer.labels, chosen_dataset(params).positive)
    compared, others = (
        {
            split: evaluate_models(frame, models, *decided, params[Evaluate], split)
            for split in SPLITS
        }
        for frame, models in ((predictions, (NETWORK, BASELINE)), (rest, others))
    )
    evaluation = compared[layout.TEST]

    messages = files.read_parquet(layout.split_file(layout.TEST))
    words = featurizer.vocabulary.words
    counts = count_vectors(train["sequence"].tolist(), len(words))
    telling = telling_words(counts, np.searchsorted(featurizer.labels, train["label"]), words)

    def compare_texts(texts: list[str]) -> dict[str, np.ndarray]:
        return compare(featurizer.transform(texts))

    lost = measure_changes(evaluation, messages, telling, compare_texts, params[Evaluate])
    if has_sentiment(featurizer.labels):
        lost["negation"] = negation(compare_texts, featurizer.labels)
    scores = evaluation.scores[NETWORK]
    classifier = TextClassifier(featurizer, network, scores.positive, scores.threshold)

    cap = params[Evaluate].max_false_positive_rate
    results = all_results(params[Data].dataset, cap, compared, others, best)
    files.write_json(results, layout.RESULTS)
    files.write_json(headline_report(results), layout.METRICS)
    files.write_json(lost, layout.ROBUSTNESS)
    predictions = with_decisions(predictions, featurizer.labels, evaluation)
    files.write_parquet(predictions, layout.PREDICTIONS)
    baselines = {name: results[layout.TEST][name] for name in (best, *others[layout.TEST].metrics)}
    write_report(params, evaluation, messages, classifier, baselines, lost)
    chosen_by = headlines(results[layout.VALIDATION][NETWORK])
    return (
        f"evaluate: network accuracy {chosen_by['accuracy']:.4f}, log loss "
        f"{chosen_by['log_loss']:.4f} on the validation split; test split: {layout.REPORT}"
    )


def write_report(
    params: Parameters,
    evaluation: Evaluation,
    messages: pd.DataFrame,
    classifier: TextClassifier,
    baselines: dict[str, dict[str, Any]],
    lost: dict[str, dict[str, Any]],
) -> None:
    bins = params[Evaluate].calibration_bins
    slices = evaluation.slices(messages["source"].to_numpy())
    files.write_json(slices, layout.SLICES)
    frames = {model: all_curves(scores, bins) for model, scores in evaluation.scores.items()}
    history, flow = (pd.read_csv(path) for path in (layout.HISTORY, layout.GRADIENT_FLOW))
    pictures = draw_all(evaluation.scores, history, flow, bins)
    write_plots(layout.PLOTS, frames, pictures)
    for label, name in find_fonts(classifier.featurizer.labels).undrawable.items():
        print(f"evaluate: no installed font draws {label!r}; plots call it {name}")
    mistakes = worst_mistakes(messages, evaluation.scores[NETWORK])
    texts = messages.set_index("id")["text"].loc[mistakes["id"]]
    report = render_report(
        dataset=params[Data].dataset,
        method=params[Features].method,
        split=files.read_json(layout.SPLIT_REPORT),
        metrics=evaluation.metrics,
        difference=evaluation.difference(NETWORK, BASELINE),
        baselines=baselines,
        lost=lost,
        thresholds=evaluation.thresholds,
        max_false_positive_rate=params[Evaluate].max_false_positive_rate,
        slices=slices,
        pictures=pictures,
        mistakes=mistakes,
        explanations=[explain(text, classifier.predict) for text in texts],
        positive=evaluation.scores[NETWORK].positive,
    )
    files.write_text(report, layout.REPORT)


if __name__ == "__main__":
    run_stage(main)
