"""Train the recurrent network; every epoch goes to MLflow as it happens."""

from rnnops.catalog.params import Data
from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.features.featurizer import Featurizer, LabelledTexts
from rnnops.linear.classifier import load_best
from rnnops.recurrent.params import Train
from rnnops.tracking.live_run import training_run
from rnnops.tracking.machine_tags import machine_tags
from rnnops.tracking.run_names import network_name
from rnnops.tracking.run_parameters import network_params
from rnnops.tracking.tags import BACKEND_TAG, DEVICE_TAG, MODEL_TAG


def main() -> str:
    # Importing Keras fails without the backend: here, run_stage prints that error.
    from rnnops.recurrent.device import prepare_backend
    from rnnops.training.classifier import train_classifier

    params = load_params()
    device = prepare_backend(params[Train])
    featurizer = Featurizer.load(layout.FEATURIZER)
    train = LabelledTexts.read(layout.features_file(layout.TRAIN), featurizer)
    validation = LabelledTexts.read(layout.features_file(layout.VALIDATION), featurizer)
    linear = load_best(layout.BASELINE) if featurizer.method == "hybrid" else None
    name = network_name(network_params(params))
    tags = {DEVICE_TAG: device, BACKEND_TAG: params[Train].backend, **machine_tags()}
    with training_run(params[Data].dataset, name, tags) as run:
        trained = train_classifier(
            featurizer, train, validation, params[Train], linear, run.log_epoch
        )
        trained.save(layout.NETWORK)
        run.set_tags({MODEL_TAG: files.digest(layout.NETWORK)})
    return f"train: {trained.training.describe()}, on {device}"


if __name__ == "__main__":
    run_stage(main)
