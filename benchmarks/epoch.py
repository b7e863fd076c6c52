"""One epoch on the real default corpus against Keras' layers and PyTorch's.

Each layer gets messages of similar length, as our training reads them, and messages as they come,
padded to the cap, so that what the batches gain is seen apart from what the layer gains.
"""

from itertools import chain
from typing import Any

from benchmark import Benchmark, Effort
from contenders import CPU, JAX, KERAS, OURS, PYTORCH, TENSORFLOW, against_each
from corpus import read_corpus, read_params
from duel import Contender
from report import target
from summary import lowest, times_by_batching

SORTED, PADDED = "sorted", "padded"  # see corpus.batches
STOCK = {"Keras": {"jit": False}, "Keras, threads 1+2": {"jit": False, "threads": "1+2"}}
STOCK_WITH_JIT = {"Keras, jit": {"jit": True}}
STOCK_ON_JAX = {"Keras on JAX": {"jit": True}}
TORCH = {
    "PyTorch, packed": {"network": "Packed", "threads": 2},
    "PyTorch": {"network": "Unpacked", "threads": 2},
}
MORE_TORCH = {
    "PyTorch, 1 thread": {"network": "Unpacked", "threads": 1},
    "PyTorch, compiled": {"network": "Unpacked", "threads": 2, "compiled": True},
}


def _keras(batching: str, hows: dict[str, Any], **where: Any) -> list[Contender]:
    return _contenders("keras_text:stock_epoch", batching, hows, **where)


def _torch(batching: str, hows: dict[str, Any]) -> list[Contender]:
    return _contenders("torch_text:epoch", batching, hows, environment=CPU, requires="torch")


def _contenders(prepare: str, batching: str, hows: dict[str, Any], **where: Any) -> list[Contender]:
    return [
        Contender(f"{name}, {batching}", prepare, {"batching": batching} | how, **where)
        for name, how in hows.items()
    ]


# Each is slower on padded messages. There the variants of a layer that gain little or nothing on
# sorted ones (jit on TensorFlow, one thread, compiled) are not run.
BY_LAYER = {
    OURS: {
        SORTED: [Contender(OURS, "keras_text:our_epoch", {"batching": SORTED}, TENSORFLOW)],
        PADDED: _contenders("keras_text:our_epoch", PADDED, {OURS: {}}, environment=TENSORFLOW),
    },
    KERAS: {
        SORTED: [
            *_keras(SORTED, STOCK | STOCK_WITH_JIT, environment=TENSORFLOW),
            *_keras(SORTED, STOCK_ON_JAX, environment=JAX, requires="jax"),
        ],
        PADDED: [
            *_keras(PADDED, STOCK, environment=TENSORFLOW),
            *_keras(PADDED, STOCK_ON_JAX, environment=JAX, requires="jax"),
        ],
    },
    PYTORCH: {
        SORTED: _torch(SORTED, TORCH | MORE_TORCH),
        PADDED: _torch(PADDED, TORCH),
    },
}
NAMES = {
    layer: {batching: [one.name for one in contenders] for batching, contenders in each.items()}
    for layer, each in BY_LAYER.items()
}

BENCHMARK = Benchmark(
    "Epoch",
    "One epoch of the default network on the training split of the default corpus, real lengths, "
    "cap 400. Sorted: batches of similar length; padded: shuffled messages, each padded to the "
    "cap. Ours by `train_network`; Keras' Bidirectional(SimpleRNN), with a mask, by "
    "`train_on_batch`; PyTorch's `nn.RNN` on packed sequences or, where the name does not say so, "
    "one for each direction on padded ones. The others get the batches ready-made. An epoch each, "
    "uncounted, went before.",
    [one for each in BY_LAYER.values() for contenders in each.values() for one in contenders],
    against_each(*(chain(*NAMES[layer].values()) for layer in (KERAS, PYTORCH))),
)


def run(effort: Effort) -> dict[str, Any]:
    """The result, see `Benchmark.run`, with `batching`, see `summary.times_by_batching`.

    Raises:
        InputError: in one line, where the corpus is missing or not the default.
    """
    read_params()
    messages = len(read_corpus(effort.epoch_messages).sequences)
    result = BENCHMARK.run([{"messages": messages}], effort.rounds, {}, _targets)
    return result | {"batching": times_by_batching(result["cells"][0]["measured"], NAMES, OURS)}


def _targets(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        target("as fast as Keras' best", 3.0, lowest(cells, [KERAS])),
        target("as fast as PyTorch's best", 2.0, lowest(cells, [PYTORCH])),
    ]
