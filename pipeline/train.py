"""Train the recurrent network; every epoch goes to MLflow as it happens."""

import time
from pathlib import Path

import numpy as np

from rnnops import config, files
from rnnops.console import run_stage
from rnnops.features.featurizer import Featurizer
from rnnops.models.backend import keras
from rnnops.models.batches import Batches
from rnnops.models.device import select_device
from rnnops.models.network import InputShape, build_network, save_network
from rnnops.models.training import train_network
from rnnops.tracking import runs, store


def main() -> str:
    params = config.load()
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
    with runs.training_run(
        client, experiment, f"{featurizer.method} SimpleRNN", {"device": device}
    ) as run:
        started = time.perf_counter()

        def log(epoch: int, metrics: dict[str, float]) -> None:
            elapsed = {"epoch_seconds": (time.perf_counter() - started) / epoch}
            runs.log_epoch(client, run, epoch, metrics | elapsed)

        history = train_network(network, train, validation, params.train, log)
        with files.atomic_folder("models/rnn") as folder:
            save_network(network, shape, params.train, folder)
            history.to_csv(folder / "history.csv", index=False)
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
    )


if __name__ == "__main__":
    run_stage(main)
