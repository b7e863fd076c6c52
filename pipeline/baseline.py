"""Train the baselines and choose the one with the lowest log loss on the validation split."""

from rnnops.core import layout
from rnnops.core.console import progress, run_stage
from rnnops.core.errors import InputError
from rnnops.core.numbers import format_number
from rnnops.core.params import load_params
from rnnops.features.featurizer import Featurizer, LabelledTexts
from rnnops.linear.classifier import save_all
from rnnops.linear.classifiers import fit_classifier, representation
from rnnops.linear.params import Baseline
from rnnops.metrics.evaluation import mean_log_loss


def main() -> str:
    params = load_params()[Baseline]
    featurizer = Featurizer.load(layout.FEATURIZER)
    train = LabelledTexts.read(layout.features_file(layout.TRAIN), featurizer)
    validation = LabelledTexts.read(layout.features_file(layout.VALIDATION), featurizer)
    names = [name for name in params.models if featurizer.can(representation(name))]
    if not names:
        raise InputError(f"baseline.models: none of them can read {featurizer.method} features")
    classifiers, losses = [], {}
    for name in progress(names, "baselines", len(names)):
        (vectors, labels), (held_out, actual) = (
            (featurizer.represent(features, representation(name)), labels)
            for features, labels in (train, validation)
        )
        classifiers.append(fit_classifier(name, vectors, labels, params))
        probabilities = classifiers[-1].probabilities(held_out)
        losses[name] = mean_log_loss(featurizer.labels, actual, probabilities)
    best = min(names, key=lambda name: losses[name])
    save_all(classifiers, best, layout.BASELINE)
    return f"baseline: {best} of {len(names)}, validation log loss {format_number(losses[best])}"


if __name__ == "__main__":
    run_stage(main)
