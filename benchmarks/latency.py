"""From one message's tokens to its probabilities in the default network: ours and the others."""

from typing import Any

from benchmark import Benchmark, Effort
from contenders import CPU, JAX, OURS, TENSORFLOW, against_each
from duel import Contender

STOCK = {
    "Keras": {"jit": False, "padded": False},
    "Keras, threads 1+2": {"jit": False, "padded": False, "threads": "1+2"},
    "Keras, jit, padded": {"jit": True, "padded": True},
}
STOCK_ON_JAX = "Keras on JAX, padded"
TORCH = {"PyTorch, 1 thread": {"threads": 1}, "PyTorch, 2 threads": {"threads": 2}}

BENCHMARK = Benchmark(
    "Latency of a message",
    "From the tokens of one message to its probabilities, in process, in the default network with "
    "a vocabulary of 20,000, lengths as in the corpus. Ours by `score`, Keras by "
    "`predict_on_batch`; with jit and on JAX the messages are padded to the cap, or each length "
    "would compile; PyTorch in inference mode. A round is a percentile over the same messages.",
    [
        Contender(OURS, "keras_text:our_latency", {}, TENSORFLOW),
        *(
            Contender(name, "keras_text:stock_latency", how, TENSORFLOW)
            for name, how in STOCK.items()
        ),
        Contender(
            STOCK_ON_JAX,
            "keras_text:stock_latency",
            STOCK["Keras, jit, padded"],
            JAX,
            requires="jax",
        ),
        *(
            Contender(name, "torch_text:latency", how, CPU, requires="torch")
            for name, how in TORCH.items()
        ),
    ],
    against_each((*STOCK, STOCK_ON_JAX), TORCH),
)


def run(effort: Effort) -> dict[str, Any]:
    """The result, see `Benchmark.run`."""
    cells = [{"percentile": 50}, {"percentile": 99}]
    return BENCHMARK.run(cells, effort.rounds, {"messages": effort.messages})
