"""Train the order-blind classifier that stands beside the network."""

import numpy as np

from rnnops import config, files
from rnnops.console import run_stage
from rnnops.evaluation.evaluation import choose_threshold, positive_label, predictions_frame
from rnnops.evaluation.intervals import point_metrics
from rnnops.evaluation.scores import Scores
from rnnops.features.featurizer import FeaturizedTexts, Featurizer
from rnnops.models.linear import fit_best


def main() -> str:
    params = config.load()
    featurizer = Featurizer.load("models/featurizer")
    labels = featurizer.labels
    frames, sets = {}, {}
    for name in ("train", "validation"):
        frames[name] = files.read_parquet(f"data/features/{name}.parquet")
        features = FeaturizedTexts.from_frame(frames[name], featurizer.vector_size)
        sets[name] = (features.vectors, np.searchsorted(labels, frames[name]["label"]))
    classifier, losses = fit_best(
        featurizer.method, sets["train"], sets["validation"], params.baseline
    )
    classifier.save("models/baseline")
    probabilities = {"network": classifier.probabilities(sets["validation"][0])}
    scored = predictions_frame(frames["validation"], labels, probabilities)
    positive = positive_label(params.dataset.positive, frames["train"]["label"])
    threshold = choose_threshold(scored, positive, params.evaluate)
    scores = Scores.from_frame(scored, labels, positive, threshold)
    described = {
        "classifier": classifier.name,
        "candidates": {name: {"log_loss": loss} for name, loss in losses.items()},
        "validation": point_metrics(scores, params.evaluate.calibration_bins),
    }
    files.write_json(described, "reports/baseline.json")
    return f"baseline: {classifier.name}, validation log loss {losses[classifier.name]:.4f}"


if __name__ == "__main__":
    run_stage(main)
