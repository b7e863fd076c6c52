"""One epoch on the real default corpus against Keras' layers and PyTorch's."""

from typing import Any

from benchmark import Benchmark, Effort
from contenders import AGAINST_KERAS, AGAINST_TORCH, CPU, OURS, TENSORFLOW, TORCH
from corpus import read_corpus, read_params
from duel import Contender
from report import target
from summary import Comparison, lowest

STOCK = {
    "Keras": {"jit": False},
    "Keras, threads 1+2": {"jit": False, "threads": "1+2"},
    "Keras, jit": {"jit": True},
}

BENCHMARK = Benchmark(
    "Epoch",
    "One epoch of the default network on the training split of the default corpus, real lengths, "
    "cap 400. Ours by `train_network`; Keras' Bidirectional(SimpleRNN) by `train_on_batch` on "
    "messages padded to the cap, with a mask; PyTorch with packed sequences in our batches. An "
    "epoch each, uncounted, went before.",
    [
        Contender(OURS, "keras_text:our_epoch", {}, TENSORFLOW),
        *(
            Contender(name, "keras_text:stock_epoch", how, TENSORFLOW)
            for name, how in STOCK.items()
        ),
        *(Contender(name, "torch_text:epoch", how, CPU) for name, how in TORCH.items()),
    ],
    [Comparison("Keras", OURS, tuple(STOCK)), AGAINST_TORCH],
)


def run(effort: Effort) -> dict[str, Any]:
    """The result, see `Benchmark.run`.

    Raises:
        InputError: in one line, where the corpus is missing or not the default.
    """
    read_params()
    messages = len(read_corpus(effort.epoch_messages).sequences)
    return BENCHMARK.run([{"messages": messages}], effort.rounds, {}, _targets)


def _targets(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        target("as fast as Keras' best", 3.0, lowest(cells, [AGAINST_KERAS.against])),
        target("as fast as PyTorch's best", 2.0, lowest(cells, [AGAINST_TORCH.against])),
    ]
