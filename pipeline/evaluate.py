"""Choose thresholds on the validation split, then measure the classifiers on the test split."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from rnnops import config, files
from rnnops.console import progress, run_stage
from rnnops.evaluation.curves import all_curves
from rnnops.evaluation.evaluation import (
    BASELINE,
    NETWORK,
    Evaluation,
    evaluate_models,
    positive_label,
    predictions_frame,
    with_decisions,
)
from rnnops.evaluation.explanation import explain
from rnnops.evaluation.mistakes import worst_mistakes
from rnnops.evaluation.negation import has_sentiment, negation
from rnnops.evaluation.perturbations import perturb, telling_words
from rnnops.evaluation.plots import draw_all, write_plots
from rnnops.evaluation.report import render_report
from rnnops.evaluation.robustness import robustness
from rnnops.features.featurizer import FeaturizedTexts, Featurizer
from rnnops.features.vectors import count_vectors
from rnnops.models.device import check_backend, select_device
from rnnops.models.linear import LinearClassifier, load_all
from rnnops.models.sequence_classifier import SequenceClassifier
from rnnops.models.text_classifier import TextClassifier


def main() -> str:
    params = config.load()
    check_backend(params.train.backend)
    select_device(params.train.device)
    featurizer = Featurizer.load("models/featurizer")
    network, baselines = SequenceClassifier.load("models/rnn"), load_all("models/baseline")
    best, *others = baselines
    compared, rest = [], []
    for split in ("validation", "test"):
        rows = files.read_parquet(f"data/features/{split}.parquet")
        features = FeaturizedTexts.from_frame(rows, len(featurizer.terms))
        described = rows[["id", "source", "cluster", "label"]].assign(split=split)
        probabilities = {
            name: classifier.probabilities(
                featurizer.represent(features, classifier.representation)
            )
            for name, classifier in baselines.items()
        }
        both = {
            NETWORK: network.probabilities(featurizer, features),
            BASELINE: probabilities.pop(best),
        }
        compared.append(predictions_frame(described, featurizer.labels, both))
        rest.append(predictions_frame(described, featurizer.labels, probabilities))
    predictions = pd.concat(compared, ignore_index=True)

    training_labels = files.read_parquet("data/splits/train.parquet")["label"]
    decided = (featurizer.labels, positive_label(params.dataset.positive, training_labels))
    evaluation = evaluate_models(predictions, (NETWORK, BASELINE), *decided, params.evaluate)
    rest = evaluate_models(pd.concat(rest, ignore_index=True), others, *decided, params.evaluate)
    measured = {best: evaluation.metrics[BASELINE], **rest.metrics}
    thresholds = {best: evaluation.thresholds[BASELINE], **rest.thresholds}
    probabilities = partial(both_probabilities, featurizer, network, baselines[best])
    sample, changed = perturbed_probabilities(params, featurizer, probabilities)
    lost = robustness(evaluation, sample, changed, params.evaluate.calibration_bins)
    negated = None
    if has_sentiment(featurizer.labels):
        negated = negation(probabilities, featurizer.labels)
    write_results(
        params,
        featurizer,
        network,
        predictions,
        evaluation,
        lost,
        negated,
        {name: {**measured[name], "threshold": thresholds[name]} for name in measured},
    )
    network_metrics = evaluation.metrics[NETWORK]
    auc = network_metrics.get("roc_auc") or network_metrics["macro_roc_auc"]
    return (
        f"evaluate: network accuracy {network_metrics['accuracy']['value']:.4f}, "
        f"ROC-AUC {auc['value']:.4f} on {len(evaluation.scores[NETWORK].actual):,} test messages"
    )


def both_probabilities(
    featurizer: Featurizer,
    network: SequenceClassifier,
    baseline: LinearClassifier,
    texts: list[str],
) -> dict[str, np.ndarray]:
    features = featurizer.transform(texts)
    vectors = featurizer.represent(features, baseline.representation)
    return {
        NETWORK: network.probabilities(featurizer, features),
        BASELINE: baseline.probabilities(vectors),
    }


def perturbed_probabilities(
    params: config.Params,
    featurizer: Featurizer,
    probabilities: Callable[[list[str]], dict[str, np.ndarray]],
) -> tuple[np.ndarray, dict[str, list[dict[str, np.ndarray]]]]:
    """Positions of the test messages that are changed, and what is said of them, by change."""
    train = files.read_parquet("data/features/train.parquet")
    words = featurizer.vocabulary.words
    telling = telling_words(
        count_vectors(train["sequence"].tolist(), len(words)),
        np.searchsorted(featurizer.labels, train["label"]),
        words,
    )
    messages = files.read_parquet("data/splits/test.parquet")
    random = np.random.default_rng(params.evaluate.seed)
    number = min(len(messages), params.evaluate.perturbed_messages)
    sample = np.sort(random.choice(len(messages), number, replace=False))
    texts = messages["text"].iloc[sample].tolist()
    labels = np.searchsorted(featurizer.labels, messages["label"].iloc[sample])
    changes = perturb(texts, labels, telling, params.evaluate.seed)
    trials = [(change, trial) for change, trials in changes.items() for trial in trials]
    found: dict[str, list[dict[str, np.ndarray]]] = {change: [] for change in changes}
    for change, trial in progress(trials, "changed messages", len(trials)):
        found[change].append(probabilities(trial))
    return sample, found


def write_results(
    params: config.Params,
    featurizer: Featurizer,
    network: SequenceClassifier,
    predictions: pd.DataFrame,
    evaluation: Evaluation,
    lost: dict[str, dict],
    negated: dict[str, dict] | None,
    baselines: dict[str, dict],
) -> None:
    bins = params.evaluate.calibration_bins
    scores = evaluation.scores[NETWORK]
    classifier = TextClassifier(featurizer, network, scores.positive, scores.threshold)
    predictions = with_decisions(predictions, featurizer.labels, evaluation)
    files.write_parquet(predictions, "reports/predictions.parquet")
    files.write_json(baselines, "reports/baselines.json")
    files.write_json(
        lost | ({} if negated is None else {"negation": negated}), "reports/robustness.json"
    )
    files.write_json(
        {
            **evaluation.metrics,
            "difference": evaluation.difference(NETWORK, BASELINE),
            "threshold": evaluation.thresholds[NETWORK],
            "baseline_threshold": evaluation.thresholds[BASELINE],
            "positive": scores.positive,
        },
        "reports/metrics.json",
    )
    messages = files.read_parquet("data/splits/test.parquet")
    mistakes = worst_mistakes(messages, scores)
    texts = messages.set_index("id")["text"].loc[mistakes["id"]]
    explanations = [explain(text, classifier.predict) for text in texts]
    slices = evaluation.slices(messages["source"].to_numpy())
    files.write_json(slices, "reports/slices.json")
    frames = {model: all_curves(scores, bins) for model, scores in evaluation.scores.items()}
    history, flow = (pd.read_csv(f"models/rnn/{name}.csv") for name in ("history", "gradient_flow"))
    pictures = draw_all(evaluation.scores, history, flow, bins)
    write_plots("reports/plots", frames, pictures)
    report = render_report(
        dataset=params.data.dataset,
        method=featurizer.method,
        split=files.read_json("reports/split.json"),
        metrics=evaluation.metrics,
        difference=evaluation.difference(NETWORK, BASELINE),
        baselines=baselines,
        lost=lost,
        negated=negated,
        thresholds=evaluation.thresholds,
        max_false_positive_rate=params.evaluate.max_false_positive_rate,
        slices=slices,
        pictures=pictures,
        mistakes=mistakes,
        explanations=explanations,
        positive=scores.positive,
    )
    files.write_text(report, "reports/report.html")


if __name__ == "__main__":
    run_stage(main)
