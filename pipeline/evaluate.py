"""Choose thresholds on the validation split, then measure the classifiers on the test split.

What is measured is what is published: the network exported from Keras, proved equal to it.
"""

from rnnops.catalog.params import Data, chosen_dataset
from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.features.featurizer import FeaturizedTexts
from rnnops.metrics.evaluation import NETWORK, add_decisions, evaluate_splits
from rnnops.metrics.params import EvaluateTexts
from rnnops.recurrent.params import Train
from rnnops.report.results import SPLITS, Results


def main() -> str:
    # Importing Keras fails without the backend: here, run_stage prints that error.
    from rnnops.recurrent.device import prepare_backend
    from rnnops.recurrent.export import require_equal
    from rnnops.report.classifiers import Classifiers, predict_splits
    from rnnops.report.cross_fitting import cross_fitted_metrics
    from rnnops.report.evaluation_report import Sources, make_report
    from rnnops.runtime.text_classifier import TextClassifier

    params = load_params()
    prepare_backend(params[Train])
    classifiers = Classifiers.load(layout.FEATURIZER, layout.SEQUENCE_CLASSIFIER, layout.BASELINE)
    featurizer, network = classifiers.featurizer, classifiers.network
    labels, best = featurizer.labels, classifiers.best_baseline
    decision = chosen_dataset(params).positive, params[EvaluateTexts]
    rows = {split: files.read_parquet(layout.features_file(split)) for split in SPLITS}
    for frame in rows.values():
        features = FeaturizedTexts.from_frame(frame, len(featurizer.terms))
        require_equal(layout.NETWORK, network.network, features, frame["id"].tolist())
    predictions = predict_splits(classifiers, rows)
    evaluations = evaluate_splits(predictions, classifiers.names, labels, *decision)
    test = evaluations[layout.TEST]
    hybrid = network.linear is not None
    cross_fitted = cross_fitted_metrics(predictions, labels, *decision) if hybrid else {}
    results = Results.of(evaluations, best, params[Data].dataset, decision[1], cross_fitted)
    threshold = results.thresholds[NETWORK]
    classifier = TextClassifier(featurizer, network, results.positive, threshold)
    classifier.save(layout.CLASSIFIER)
    results.write()
    files.write_json(results.headline_report(), layout.METRICS)
    files.write_parquet(add_decisions(predictions, test), layout.PREDICTIONS)
    make_report(classifiers, results, test, Sources.read(), params[EvaluateTexts]).write()
    return f"evaluate: {results.describe()}; test split: {layout.REPORT}"


if __name__ == "__main__":
    run_stage(main)
