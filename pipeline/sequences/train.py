"""Train the recurrent network; every epoch goes to MLflow as it happens."""

from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.sequences.params import SequenceTraining
from rnnops.sequences.scaling import Scaling
from rnnops.sequences.sequences import Sequences
from rnnops.tracking.live_run import training_run
from rnnops.tracking.machine_tags import machine_tags
from rnnops.tracking.run_names import experiment_of, network_name
from rnnops.tracking.run_parameters import network_params
from rnnops.tracking.tags import BACKEND_TAG, DEVICE_TAG, MODEL_TAG, TASK_TAG


def main() -> str:
    # Importing Keras fails without the backend: here, run_stage prints that error.
    from rnnops.recurrent.device import prepare_backend
    from rnnops.sequences.network import NetworkShape
    from rnnops.sequences.training import LabelledValues, train

    params = load_params()
    device = prepare_backend(params[SequenceTraining])
    training, validation = (
        Sequences.from_frame(files.read_parquet(layout.split_file(name)))
        for name in (layout.TRAIN, layout.VALIDATION)
    )
    labels, scaling = sorted(set(training.labels)), Scaling.fit(training.values)
    name = network_name(network_params(params))
    tags = {
        TASK_TAG: params.task,
        DEVICE_TAG: device,
        BACKEND_TAG: params[SequenceTraining].backend,
        **machine_tags(),
    }
    with training_run(experiment_of(params), name, tags) as run:
        trained = train(
            NetworkShape(len(training.channels), len(labels)),
            LabelledValues(scaling.scale(training.values), training.indices(labels)),
            LabelledValues(scaling.scale(validation.values), validation.indices(labels)),
            params[SequenceTraining],
            run.log_epoch,
        )
        trained.save(layout.NETWORK)
        run.set_tags({MODEL_TAG: files.digest(layout.NETWORK)})
    return f"train: {trained.training.describe()}, on {device}"


if __name__ == "__main__":
    run_stage(main)
