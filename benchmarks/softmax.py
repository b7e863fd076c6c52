"""How much faster the network of the next word trains over drawn words than over all, and how well.

Speed: batches of the default parameters, on words drawn at random. Perplexity: the default
parameters but for the number of epochs, one seed, on the features that `make next-word` has left.
`make softmax` writes the results to benchmarks/results/softmax.json.
"""

import contextlib
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from machine import describe_machine

from rnnops.core import files, layout
from rnnops.core.params import load_params
from rnnops.core.tasks import NEXT_WORD, params_file
from rnnops.language_model.documents import Documents
from rnnops.language_model.params import NextWord
from rnnops.language_model.vocabulary import END, Vocabulary
from rnnops.recurrent.device import prepare_backend

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks/results/softmax.json"
SIZES = (10_000, 50_000)
DRAWN = (None, 1_000, 4_000)
BATCHES, ROUNDS = 20, 5
EPOCHS = 2


def main() -> None:
    params = load_params(params_file(NEXT_WORD))[NextWord]
    prepare_backend(params)
    results = {
        "machine": describe_machine(),
        "words_per_second": measure_speed(params),
        "epochs": EPOCHS,
        "perplexity": measure_perplexity(params),
    }
    files.write_json(results, RESULTS)


def measure_speed(params: NextWord) -> dict[str, dict[str, int]]:
    """By vocabulary and how many words are drawn, words a second of training."""
    found = {}
    for size in SIZES:
        steps = {drawn: make_step(size, drawn, params) for drawn in DRAWN}
        speeds: dict[int | None, list[float]] = {drawn: [] for drawn in DRAWN}
        for _ in range(ROUNDS):  # in turn, so that all meet the same machine
            for drawn, step in steps.items():
                started = time.perf_counter()
                for _ in range(BATCHES):
                    step()
                seconds = time.perf_counter() - started
                speeds[drawn].append(BATCHES * params.rows * params.steps / seconds)
        found[str(size)] = {
            str(drawn or "all"): round(statistics.median(each)) for drawn, each in speeds.items()
        }
        print(f"{size:,} words: {found[str(size)]} words a second", flush=True)
    return found


def measure_perplexity(params: NextWord) -> dict[str, float]:
    """By how many words are drawn, that of the validation split."""
    from rnnops.language_model.training import train_next_word

    with contextlib.chdir(params_file(NEXT_WORD).parent):
        train, validation = (
            Documents.read(layout.features_file(name)).ids
            for name in (layout.TRAIN, layout.VALIDATION)
        )
        size = len(Vocabulary.load(layout.FEATURIZER))
    found = {}
    for drawn in DRAWN:
        _, history = train_next_word(
            train,
            validation,
            size=size,
            end=END,
            params=params.model_copy(update={"sampled_words": drawn, "epochs": EPOCHS}),
            on_epoch=lambda *_: None,
        )
        name = str(drawn or "all")
        found[name] = round(float(history["val_perplexity"].min()), 1)
        print(f"softmax over {name} words: perplexity {found[name]}", flush=True)
    return found


def make_step(size: int, drawn: int | None, params: NextWord) -> Callable[[], None]:
    """A step of training that is compiled already."""
    from rnnops.language_model.training import compiled_network

    network = compiled_network(size, params.model_copy(update={"sampled_words": drawn}), 1000)
    random = np.random.default_rng(0)
    shape = (params.rows, params.steps)
    batch = [random.integers(0, size, shape).astype(np.int32) for _ in range(2)]
    nothing = np.zeros(shape, np.float32)

    def step() -> None:
        network.train_on_batch(batch, nothing)

    step()
    step()
    return step


if __name__ == "__main__":
    main()
