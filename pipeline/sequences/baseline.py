"""Train the classifiers of vectors; the lowest log loss on the validation split is the baseline."""

from dataclasses import replace

from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.numbers import format_number
from rnnops.core.params import load_params
from rnnops.metrics.evaluation import mean_log_loss
from rnnops.sequences.baselines import Baselines
from rnnops.sequences.params import SequenceBaselines
from rnnops.sequences.scaling import Scaling
from rnnops.sequences.sequences import Sequences


def main() -> str:
    params = load_params()[SequenceBaselines]
    train, validation = (
        Sequences.from_frame(files.read_parquet(layout.split_file(name)))
        for name in (layout.TRAIN, layout.VALIDATION)
    )
    labels, scaling = sorted(set(train.labels)), Scaling.fit(train.values)
    fitted = Baselines.fit(scaling.scale(train.values), train.indices(labels), len(labels), params)
    actual = validation.indices(labels)
    losses = {
        name: mean_log_loss(labels, actual, probabilities)
        for name, probabilities in fitted.probabilities(scaling.scale(validation.values)).items()
    }
    best = min(losses, key=lambda name: losses[name])
    replace(fitted, best=best).save(layout.BASELINE)
    return f"baseline: {best} of {len(losses)}, validation log loss {format_number(losses[best])}"


if __name__ == "__main__":
    run_stage(main)
