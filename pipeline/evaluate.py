"""Choose thresholds on the validation split, then measure the classifiers on the test split."""

import pandas as pd

from rnnops import config, files
from rnnops.console import run_stage
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
from rnnops.evaluation.mistakes import worst_mistakes
from rnnops.evaluation.plots import draw_all, write_plots
from rnnops.evaluation.report import render_report
from rnnops.features.featurizer import FeaturizedTexts, Featurizer
from rnnops.models.device import check_backend, select_device
from rnnops.models.linear import load_all
from rnnops.models.sequence_classifier import SequenceClassifier


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
    write_results(
        params,
        featurizer,
        predictions,
        evaluation,
        {name: {**measured[name], "threshold": thresholds[name]} for name in measured},
    )
    network_metrics = evaluation.metrics[NETWORK]
    auc = network_metrics.get("roc_auc") or network_metrics["macro_roc_auc"]
    return (
        f"evaluate: network accuracy {network_metrics['accuracy']['value']:.4f}, "
        f"ROC-AUC {auc['value']:.4f} on {len(evaluation.scores[NETWORK].actual):,} test messages"
    )


def write_results(
    params: config.Params,
    featurizer: Featurizer,
    predictions: pd.DataFrame,
    evaluation: Evaluation,
    baselines: dict[str, dict],
) -> None:
    bins = params.evaluate.calibration_bins
    network = evaluation.scores[NETWORK]
    predictions = with_decisions(predictions, featurizer.labels, evaluation)
    files.write_parquet(predictions, "reports/predictions.parquet")
    files.write_json(baselines, "reports/baselines.json")
    files.write_json(
        {
            **evaluation.metrics,
            "difference": evaluation.difference(NETWORK, BASELINE),
            "threshold": evaluation.thresholds[NETWORK],
            "baseline_threshold": evaluation.thresholds[BASELINE],
            "positive": network.positive,
        },
        "reports/metrics.json",
    )
    messages = files.read_parquet("data/splits/test.parquet")
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
        thresholds=evaluation.thresholds,
        max_false_positive_rate=params.evaluate.max_false_positive_rate,
        slices=slices,
        pictures=pictures,
        mistakes=worst_mistakes(messages, network),
        positive=network.positive,
    )
    files.write_text(report, "reports/report.html")


if __name__ == "__main__":
    run_stage(main)
