"""Train the recurrent network; every epoch goes to MLflow as it happens."""

import resource
import time
from pathlib import Path

import numpy as np
import pandas as pd

from rnnops import config, files
from rnnops.console import run_stage
from rnnops.features.featurizer import Featurizer
from rnnops.models.backend import keras
from rnnops.models.batches import Batches
from rnnops.models.device import check_backend, select_device
from rnnops.models.gradient_flow import gradient_flow, spectral_radius
from rnnops.models.network import InputShape, build_network, save_network
from rnnops.models.training import LENGTH_MULTIPLE, train_network
from rnnops.tracking import runs, store

PROBE = 8  # messages whose gradient is followed back through time after each epoch


def main() -> str:
    params = config.load()
    check_backend(params.train.backend)
    device = select_device(params.train.device)
    keras.utils.set_random_seed(params.train.seed)
    featurizer = Featurizer.load("models/featurizer")
    train = read_batches("train", featurizer.labels, params.train)
    validation = read_batches("validation", featurizer.labels, params.train)
    vectors = featurizer.word_vectors
    shape = InputShape(
        vocabulary_size=len(featurizer.vocabulary),
        labels=len(featurizer.labels),
        embedding_dimension=params.train.embedding_dimension
        if vectors is None
        else vectors.shape[1],
        weighted=featurizer.idf is not None,
    )
    network = build_network(shape, params.train, vectors)

    client = store.connect()
    experiment = store.experiment_id(client, params.data.dataset)
    tags = {"device": device, "backend": params.train.backend}
    with runs.training_run(client, experiment, f"{featurizer.method} SimpleRNN", tags) as run:
        probe = train.spread(PROBE)
        flows, radii = [], []
        started = time.perf_counter()

        def log(epoch: int, metrics: dict[str, float]) -> None:
            nonlocal started
            seconds = time.perf_counter() - started
            radius = spectral_radius(network, params.train)
            radii.append({f"spectral_radius_{name}": value for name, value in radius.items()})
            flows.append(gradient_flow(network, params.train, *probe).assign(epoch=epoch))
            cost = {
                "epoch_seconds": seconds,
                "tokens_per_second": train.tokens / seconds,
                "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
            runs.log_epoch(client, run, epoch, metrics | radii[-1] | cost)
            runs.log_gradient_flow(client, run, flows[-1])
            started = time.perf_counter()

        history = train_network(network, train, validation, params.train, log)
        history = pd.concat([history, pd.DataFrame(radii)], axis=1)
        with files.atomic_folder("models/rnn") as folder:
            save_network(network, shape, params.train, folder)
            history.to_csv(folder / "history.csv", index=False)
            pd.concat(flows).to_csv(folder / "gradient_flow.csv", index=False, float_format="%.6g")
        client.set_tag(run, runs.MODEL_TAG, files.digest("models/rnn"))
    best = history.loc[history["val_loss"].idxmin()]
    return (
        f"train: {len(history)} epochs on {device}, best {best['epoch']:.0f} with validation loss "
        f"{best['val_loss']:.4f}, accuracy {best['val_accuracy']:.4f}"
    )


def read_batches(split: str, labels: list[str], params: config.Train) -> Batches:
    """The split's features as batches; the training split's order is drawn anew each epoch."""
    frame = files.read_parquet(Path("data/features") / f"{split}.parquet")
    return Batches(
        frame["sequence"].tolist(),
        frame["weights"].tolist() if "weights" in frame else None,
        np.searchsorted(labels, frame["label"]),
        batch_size=params.batch_size,
        sequence_length=params.sequence_length,
        seed=params.seed if split == "train" else None,
        length_multiple=LENGTH_MULTIPLE,
    )


if __name__ == "__main__":
    run_stage(main)
