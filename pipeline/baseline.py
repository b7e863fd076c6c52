"""Train the order-blind classifiers that stand beside the network."""

import numpy as np

from rnnops.catalog.params import chosen_dataset
from rnnops.core import files, layout
from rnnops.core.console import progress, run_stage
from rnnops.core.errors import InputError
from rnnops.core.params import load_params
from rnnops.features.featurizer import FeaturizedTexts, Featurizer
from rnnops.linear import classifiers as linear
from rnnops.linear.params import Baseline
from rnnops.metrics.evaluation import (
    choose_threshold,
    predictions_frame,
)
from rnnops.metrics.intervals import point_metrics
from rnnops.metrics.params import Evaluate
from rnnops.metrics.scores import Scores


def main() -> str:
    params = load_params()
    featurizer = Featurizer.load(layout.FEATURIZER)
    frames = {
        n: files.read_parquet(layout.features_file(n)) for n in (layout.TRAIN, layout.VALIDATION)
    }
    features = {
        name: FeaturizedTexts.from_frame(frame, len(featurizer.terms))
        for name, frame in frames.items()
    }
    labels = np.searchsorted(featurizer.labels, frames[layout.TRAIN]["label"])
    positive = chosen_dataset(params).positive
    classifiers, measured = [], {}
    names = [
        name for name in params[Baseline].models if featurizer.can(linear.representation(name))
    ]
    if not names:
        raise InputError(f"baseline.models: none of them can read {featurizer.method} features")
    for name in progress(names, "baselines", len(names)):
        vectors = {
            split: featurizer.represent(found, linear.representation(name))
            for split, found in features.items()
        }
        classifier = linear.LinearClassifier.fit(
            name, vectors[layout.TRAIN], labels, params[Baseline]
        )
        classifiers.append(classifier)
        probabilities = {"network": classifier.probabilities(vectors[layout.VALIDATION])}
        scored = predictions_frame(frames[layout.VALIDATION], featurizer.labels, probabilities)
        threshold = choose_threshold(scored, positive, params[Evaluate])
        scores = Scores.from_frame(scored, featurizer.labels, positive, threshold)
        measured[name] = point_metrics(scores, params[Evaluate].calibration_bins)
    best = min(names, key=lambda name: measured[name]["log_loss"])
    linear.save_all(classifiers, best, layout.BASELINE)
    files.write_json({"best": best, layout.VALIDATION: measured}, layout.BASELINE_REPORT)
    loss = measured[best]["log_loss"]
    return f"baseline: {best} of {len(names)}, validation log loss {loss:.4f}"


if __name__ == "__main__":
    run_stage(main)
