"""Train the recurrent network; every epoch goes to MLflow as it happens."""

from rnnops.catalog.params import Data
from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.features.featurizer import Featurizer
from rnnops.linear.classifiers import load_all
from rnnops.recurrent.params import Train
from rnnops.tracking.live_run import training_run
from rnnops.tracking.run_names import network_name
from rnnops.tracking.run_parameters import network_params
from rnnops.tracking.tags import MODEL_TAG


def main() -> str:
    # Importing Keras fails without the backend: here, run_stage prints that error.
    from rnnops.recurrent.device import check_backend, select_device
    from rnnops.training.classifier import LabelledTexts, train_classifier

    params = load_params()
    check_backend(params[Train].backend)
    device = select_device(params[Train].device)
    featurizer = Featurizer.load(layout.FEATURIZER)
    train, validation = (
        LabelledTexts.from_frame(files.read_parquet(layout.features_file(name)), featurizer)
        for name in (layout.TRAIN, layout.VALIDATION)
    )
    is_hybrid = featurizer.method == "hybrid"
    linear = next(iter(load_all(layout.BASELINE).values())) if is_hybrid else None
    name = network_name(network_params(params))
    tags = {"device": device, "backend": params[Train].backend}
    with training_run(params[Data].dataset, name, tags) as run:
        trained = train_classifier(
            featurizer, train, validation, params[Train], linear, run.log_epoch
        )
        trained.save(layout.NETWORK)
        run.set_tags({MODEL_TAG: files.digest(layout.NETWORK)})
    best = trained.best_epoch
    return (
        f"train: {len(trained.history)} epochs on {device}, best {best['epoch']:.0f} with "
        f"validation loss {best['val_loss']:.4f}, accuracy {best['val_accuracy']:.4f}"
    )


if __name__ == "__main__":
    run_stage(main)
