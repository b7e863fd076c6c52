"""Train the networks of each frequency; their losses go to MLflow as each is trained."""

from pathlib import Path

from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.forecast.runs import network_name
from rnnops.forecasting.params import ForecastTraining
from rnnops.forecasting.parts import read_parts
from rnnops.forecasting.saved_forecasters import save_history, save_pair
from rnnops.forecasting.series import by_frequency
from rnnops.tracking.live_run import training_run
from rnnops.tracking.machine_tags import machine_tags
from rnnops.tracking.run_names import experiment_of
from rnnops.tracking.run_parameters import network_params
from rnnops.tracking.tags import BACKEND_TAG, DEVICE_TAG, MODEL_TAG, TASK_TAG


def main() -> str:
    # Importing Keras fails without the backend: here, run_stage prints that error.
    from rnnops.forecasting.fitting import fit_forecaster
    from rnnops.recurrent.device import prepare_backend

    params = load_params()
    training = params[ForecastTraining]
    device = prepare_backend(training)
    groups = by_frequency(read_parts(layout.TRAIN, layout.VALIDATION))
    tags = {DEVICE_TAG: device, BACKEND_TAG: training.backend, TASK_TAG: params.task}
    name = network_name(network_params(params))
    losses: dict[str, list[float]] = {}
    with training_run(experiment_of(params), name, {**tags, **machine_tags()}) as run:
        with files.atomic_folder(layout.NETWORK) as folder:
            for frequency, series in groups.items():
                fitted = fit_forecaster(series, training.network(frequency), training.seeds)
                save_pair(fitted.forecaster, fitted.validator, folder / frequency)
                losses[frequency] = fitted.losses
                for epoch, loss in enumerate(fitted.losses, start=1):
                    run.log_epoch(epoch, {f"loss_{frequency}": loss})
            save_history(losses, folder / Path(layout.HISTORY).name)
        run.set_tags({MODEL_TAG: files.digest(layout.NETWORK)})
    listed = ", ".join(f"{name} {len(series):,}" for name, series in groups.items())
    return f"train: {len(training.seeds)} networks a frequency on series: {listed}, on {device}"


if __name__ == "__main__":
    run_stage(main)
