"""Train the order-blind classifier that stands beside the network."""

import numpy as np

from rnnops import config, files
from rnnops.console import run_stage
from rnnops.evaluation.metrics import point_metrics
from rnnops.features.featurizer import FeaturizedTexts, Featurizer
from rnnops.models.linear import fit_best


def main() -> str:
    params = config.load()
    featurizer = Featurizer.load("models/featurizer")
    sets = {}
    for name in ("train", "validation"):
        frame = files.read_parquet(f"data/features/{name}.parquet")
        features = FeaturizedTexts.from_frame(frame, featurizer.vector_size)
        sets[name] = (features.vectors, np.searchsorted(featurizer.labels, frame["label"]))
    classifier, losses = fit_best(
        featurizer.method, sets["train"], sets["validation"], params.baseline
    )
    classifier.save("models/baseline")
    files.write_json(
        {"classifier": classifier.name, "validation_log_loss": losses}, "reports/baseline.json"
    )
    return f"baseline: {classifier.name}, validation log loss {losses[classifier.name]:.4f}"


if __name__ == "__main__":
    run_stage(main)
