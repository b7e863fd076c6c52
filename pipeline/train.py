"""Train the recurrent network; every epoch goes to MLflow as it happens."""

import resource
import time

import numpy as np
import pandas as pd

from rnnops.catalog.params import Data
from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.features.featurizer import FeaturizedTexts, Featurizer
from rnnops.linear.classifiers import load_all
from rnnops.recurrent.backend import keras
from rnnops.recurrent.batches import Batches
from rnnops.recurrent.device import check_backend, select_device
from rnnops.recurrent.network import InputShape, build_network
from rnnops.recurrent.params import Train
from rnnops.recurrent.scoring import LENGTH_MULTIPLE
from rnnops.recurrent.sequence_classifier import SequenceClassifier
from rnnops.tracking.live_run import epoch_metrics, gradient_flow_metrics, training_run
from rnnops.tracking.run_names import network_name
from rnnops.tracking.run_parameters import network_params
from rnnops.tracking.tags import MODEL_TAG
from rnnops.training.gradient_flow import gradient_flow, spectral_radius
from rnnops.training.loop import train_network

PROBE = 8  # messages whose gradient is followed back through time after each epoch


def main() -> str:
    params = load_params()
    check_backend(params[Train].backend)
    device = select_device(params[Train].device)
    keras.utils.set_random_seed(params[Train].seed)
    featurizer = Featurizer.load(layout.FEATURIZER)
    train, validation = (read_split(name, featurizer) for name in (layout.TRAIN, layout.VALIDATION))
    batches, held_out = (
        Batches(
            features.sequences,
            features.weights,
            labels,
            batch_size=params[Train].batch_size,
            sequence_length=params[Train].sequence_length,
            tail_share=params[Train].tail_share,
            seed=seed,
            length_multiple=LENGTH_MULTIPLE,
        )
        for (features, labels), seed in ((train, params[Train].seed), (validation, None))
    )
    classifier = untrained(featurizer, params[Train])
    network = classifier.network

    name = network_name(network_params(params))
    tags = {"device": device, "backend": params[Train].backend}
    with training_run(params[Data].dataset, name, tags) as run:
        probe = batches.spread(PROBE)
        flows, radii = [], []
        started = time.perf_counter()

        def log(epoch: int, metrics: dict[str, float]) -> None:
            nonlocal started
            seconds = time.perf_counter() - started
            radius = spectral_radius(network, params[Train])
            radii.append({f"spectral_radius_{name}": value for name, value in radius.items()})
            flows.append(gradient_flow(network, params[Train], *probe).assign(epoch=epoch))
            cost = {
                "epoch_seconds": seconds,
                "tokens_per_second": batches.tokens / seconds,
                "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
            run.log(epoch_metrics(epoch, metrics | radii[-1] | cost))
            run.log(gradient_flow_metrics(flows[-1]))
            started = time.perf_counter()

        history = train_network(network, batches, held_out, params[Train], log)
        history = pd.concat([history, pd.DataFrame(radii)], axis=1)
        classifier = classifier.fit_exponents(featurizer, *validation)
        with files.atomic_folder(layout.NETWORK) as folder:
            classifier.save(folder)
            history.to_csv(folder / "history.csv", index=False)
            pd.concat(flows).to_csv(folder / "gradient_flow.csv", index=False, float_format="%.6g")
        run.set_tags({MODEL_TAG: files.digest(layout.NETWORK)})
    best = history.loc[history["val_loss"].idxmin()]
    return (
        f"train: {len(history)} epochs on {device}, best {best['epoch']:.0f} with validation loss "
        f"{best['val_loss']:.4f}, accuracy {best['val_accuracy']:.4f}"
    )


def read_split(name: str, featurizer: Featurizer) -> tuple[FeaturizedTexts, np.ndarray]:
    """The split's features and the indices of its labels."""
    frame = files.read_parquet(layout.features_file(name))
    labels = np.searchsorted(featurizer.labels, frame["label"])
    return FeaturizedTexts.from_frame(frame, len(featurizer.terms)), labels


def untrained(featurizer: Featurizer, params: Train) -> SequenceClassifier:
    """The network that reads these features, beside it with hybrid ones the best baseline."""
    vectors = featurizer.word_vectors
    shape = InputShape(
        vocabulary_size=len(featurizer.vocabulary),
        labels=len(featurizer.labels),
        embedding_dimension=params.embedding_dimension if vectors is None else vectors.shape[1],
        weighted=featurizer.word_idf is not None,
    )
    linear = None
    if featurizer.method == "hybrid":
        linear, *_ = load_all(layout.BASELINE).values()
    return SequenceClassifier(build_network(shape, params, vectors), shape, params, linear)


if __name__ == "__main__":
    run_stage(main)
