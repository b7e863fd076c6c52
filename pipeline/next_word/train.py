"""Train the recurrent network; every epoch goes to MLflow as it happens."""

from pathlib import Path

from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.language_model.documents import Documents
from rnnops.language_model.params import NextWord
from rnnops.language_model.vocabulary import END, Vocabulary
from rnnops.tracking.live_run import training_run
from rnnops.tracking.machine_tags import machine_tags
from rnnops.tracking.run_names import experiment_of, network_name
from rnnops.tracking.run_parameters import network_params
from rnnops.tracking.tags import BACKEND_TAG, DEVICE_TAG, MODEL_TAG, TASK_TAG


def main() -> str:
    # Importing Keras fails without the backend: here, run_stage prints that error.
    from rnnops.language_model.training import train_next_word
    from rnnops.recurrent.device import prepare_backend

    params = load_params()
    device = prepare_backend(params[NextWord])
    train = Documents.read(layout.features_file(layout.TRAIN))
    validation = Documents.read(layout.features_file(layout.VALIDATION))
    tags = {DEVICE_TAG: device, BACKEND_TAG: params[NextWord].backend, TASK_TAG: params.task}
    name = network_name(network_params(params))
    with training_run(experiment_of(params), name, {**tags, **machine_tags()}) as run:
        model, history = train_next_word(
            train.ids,
            validation.ids,
            size=len(Vocabulary.load(layout.FEATURIZER)),
            end=END,
            params=params[NextWord],
            on_epoch=run.log_epoch,
        )
        with files.atomic_folder(layout.NETWORK) as folder:
            model.save(folder / Path(layout.NETWORK_MODEL).name)
            history.to_csv(
                folder / Path(layout.HISTORY).name,
                index=False,
                float_format="%.6g",
                lineterminator="\n",
            )
        run.set_tags({MODEL_TAG: files.digest(layout.NETWORK)})
    best = history.iloc[int(history["val_loss"].argmin())]
    return (
        f"train: epoch {best['epoch']:.0f} of {len(history)} kept, validation perplexity "
        f"{best['val_perplexity']:.1f}, on {device}"
    )


if __name__ == "__main__":
    run_stage(main)
