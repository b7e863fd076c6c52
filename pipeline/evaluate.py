"""Choose thresholds on the validation split, then measure both classifiers on the test split."""

import pandas as pd

from rnnops import config, files
from rnnops.console import run_stage
from rnnops.evaluation.curves import all_curves
from rnnops.evaluation.evaluation import (
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
from rnnops.models.linear import LinearClassifier
from rnnops.models.network import load_network
from rnnops.models.training import score


def main() -> str:
    params = config.load()
    check_backend(params.train.backend)
    select_device(params.train.device)
    featurizer = Featurizer.load("models/featurizer")
    network, baseline = load_network("models/rnn"), LinearClassifier.load("models/baseline")
    predictions = []
    for split in ("validation", "test"):
        rows = files.read_parquet(f"data/features/{split}.parquet")
        features = FeaturizedTexts.from_frame(rows, featurizer.vector_size)
        length = params.train.sequence_length
        probabilities = {
            "network": score(network, features.sequences, features.weights, length),
            "baseline": baseline.probabilities(features.vectors),
        }
        described = rows[["id", "source", "cluster", "label"]].assign(split=split)
        predictions.append(predictions_frame(described, featurizer.labels, probabilities))
    predictions = pd.concat(predictions, ignore_index=True)

    training_labels = files.read_parquet("data/features/train.parquet")["label"]
    positive = positive_label(params.dataset.positive, training_labels)
    evaluation = evaluate_models(predictions, featurizer.labels, positive, params.evaluate)
    write_results(params, featurizer, predictions, evaluation)
    network_metrics = evaluation.metrics["network"]
    auc = network_metrics.get("roc_auc") or network_metrics["macro_roc_auc"]
    return (
        f"evaluate: network accuracy {network_metrics['accuracy']['value']:.4f}, "
        f"ROC-AUC {auc['value']:.4f} on {len(evaluation.scores['network'].actual):,} test messages"
    )


def write_results(
    params: config.Params,
    featurizer: Featurizer,
    predictions: pd.DataFrame,
    evaluation: Evaluation,
) -> None:
    bins = params.evaluate.calibration_bins
    network = evaluation.scores["network"]
    predictions = with_decisions(predictions, featurizer.labels, evaluation)
    files.write_parquet(predictions, "reports/predictions.parquet")
    files.write_json(
        {
            **evaluation.metrics,
            "threshold": evaluation.thresholds["network"],
            "baseline_threshold": evaluation.thresholds["baseline"],
            "positive": network.positive,
        },
        "reports/metrics.json",
    )
    files.write_json(evaluation.slices, "reports/slices.json")
    frames = {model: all_curves(scores, bins) for model, scores in evaluation.scores.items()}
    history, flow = (pd.read_csv(f"models/rnn/{name}.csv") for name in ("history", "gradient_flow"))
    pictures = draw_all(evaluation.scores, history, flow, bins)
    write_plots("reports/plots", frames, pictures)
    messages = files.read_parquet("data/splits/test.parquet")
    report = render_report(
        dataset=params.data.dataset,
        method=featurizer.method,
        split=files.read_json("reports/split.json"),
        metrics=evaluation.metrics,
        thresholds=evaluation.thresholds,
        max_false_positive_rate=params.evaluate.max_false_positive_rate,
        slices=evaluation.slices,
        pictures=pictures,
        mistakes=worst_mistakes(messages, network),
        positive=network.positive,
    )
    files.write_text(report, "reports/report.html")


if __name__ == "__main__":
    run_stage(main)
