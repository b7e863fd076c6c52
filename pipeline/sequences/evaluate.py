"""Choose thresholds on the validation split, then measure the classifiers on the test split.

What is measured is what is published: the network exported from Keras, proved equal to it.
"""

from pathlib import Path

import pandas as pd

from rnnops.catalog.params import Data
from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.metrics.evaluation import NETWORK, add_decisions, evaluate_splits
from rnnops.metrics.params import Evaluate
from rnnops.report.results import Results
from rnnops.sequences.datasets import chosen_sequences, columns_of
from rnnops.sequences.evaluation import Classifiers, measure_order
from rnnops.sequences.params import SequenceTraining
from rnnops.sequences.report import Training, write_report
from rnnops.sequences.sequences import Sequences
from rnnops.sequences.table_classifier import TableClassifier


def main() -> str:
    # Importing Keras fails without the backend: here, run_stage prints that error.
    from rnnops.recurrent.device import prepare_backend
    from rnnops.sequences.training import require_equal

    params = load_params()
    prepare_backend(params[SequenceTraining])
    frames = {name: files.read_parquet(layout.split_file(name)) for name in layout.SPLIT_NAMES}
    splits = {name: Sequences.from_frame(frame) for name, frame in frames.items()}
    classifiers = Classifiers.load(splits.pop(layout.TRAIN))
    for each in splits.values():
        scaled = classifiers.scaling.scale(each.values)
        require_equal(Path(layout.NETWORK), classifiers.network, scaled, each.ids)
    dataset, evaluate = chosen_sequences(params), params[Evaluate]
    decision = dataset.positive, evaluate
    predictions = classifiers.predict({name: frames[name] for name in splits}, splits)
    evaluations = evaluate_splits(predictions, classifiers.names, classifiers.labels, *decision)
    best, test = classifiers.baselines.best, evaluations[layout.TEST]
    results = Results.of(evaluations, best, params[Data].dataset, evaluate, {})
    columns = columns_of(dataset.read, splits[layout.TEST].channels)
    TableClassifier(
        classifiers.labels,
        columns,
        classifiers.scaling,
        classifiers.network,
        results.positive,
        results.thresholds[NETWORK],
    ).save(layout.CLASSIFIER)
    order = measure_order(classifiers, test, splits[layout.TEST], evaluate)
    results.write()
    files.write_json(results.headline_report(), layout.METRICS)
    files.write_json(order, layout.ROBUSTNESS)
    sources = frames[layout.TEST]["source"].to_numpy()
    files.write_json({"by_source": test.slices(sources)}, layout.SLICES)
    files.write_parquet(add_decisions(predictions, test), layout.PREDICTIONS)
    training = Training(pd.read_csv(layout.HISTORY), pd.read_csv(layout.GRADIENT_FLOW))
    write_report(results, test, order, splits[layout.TEST], training, evaluate)
    return f"evaluate: {results.describe()}; test split: {layout.REPORT}"


if __name__ == "__main__":
    run_stage(main)
