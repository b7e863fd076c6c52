"""From one message's tokens to its probabilities in the default network, ours and Keras'."""

from typing import Any

from benchmark import Benchmark, Effort
from contenders import OURS, TENSORFLOW
from duel import Contender
from summary import Comparison

STOCK = {
    "Keras": {"jit": False, "padded": False},
    "Keras, threads 1+2": {"jit": False, "padded": False, "threads": "1+2"},
    "Keras, jit, padded": {"jit": True, "padded": True},
}

BENCHMARK = Benchmark(
    "Latency of a message",
    "From the tokens of one message to its probabilities, in process, in the default network with "
    "a vocabulary of 20,000, lengths as in the corpus. Ours by `score`, Keras by "
    "`predict_on_batch`; with jit the messages are padded to the cap, or each length would "
    "compile. A round is a percentile over the same messages.",
    [
        Contender(OURS, "keras_text:our_latency", {}, TENSORFLOW),
        *(
            Contender(name, "keras_text:stock_latency", how, TENSORFLOW)
            for name, how in STOCK.items()
        ),
    ],
    [Comparison("Keras", OURS, tuple(STOCK))],
)


def run(effort: Effort) -> dict[str, Any]:
    """The result, see `Benchmark.run`."""
    cells = [{"percentile": 50}, {"percentile": 99}]
    return BENCHMARK.run(cells, effort.rounds, {"messages": effort.messages})
