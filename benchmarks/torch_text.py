"""PyTorch contenders on messages: an epoch of the default network, and one message at a time."""

import time
from collections.abc import Callable

import numpy as np
import torch
import torch_networks
from clock import percentile_of_seconds
from corpus import VOCABULARY, batches, random_messages, read_corpus, read_params
from torch.nn.utils import clip_grad_norm_


def epoch(
    messages: int | None, *, threads: int, network: str, batching: str, compiled: bool = False
) -> Callable[[], float]:
    """A measurement of seconds an epoch on the same batches each time.

    Args:
        threads: inside an operation.
        network: of `torch_networks`.
        batching: see `corpus.batches`.
        compiled: by `torch.compile`.
    """
    _prepare(threads)
    corpus, params = read_corpus(messages), read_params()
    model = getattr(torch_networks, network)(torch.as_tensor(corpus.word_vectors), params)
    optimizer = torch.optim.Adam(model.parameters(), params.learning_rate, fused=True)
    logits_of = torch.compile(model) if compiled else model
    prepared = [
        (torch.from_numpy(inputs["tokens"]), torch.from_numpy(labels))
        for inputs, labels in batches(corpus, params, batching).epoch()
    ]

    def measure() -> float:
        started = time.perf_counter()
        for tokens, labels in prepared:
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(logits_of(tokens), labels).backward()
            for parameter in model.parameters():
                clip_grad_norm_(parameter, params.gradient_clip_norm)
            optimizer.step()
        return time.perf_counter() - started

    measure()
    return measure


def latency(messages: int, percentile: int, *, threads: int) -> Callable[[], float]:
    """A measurement of seconds from a message's tokens to its probabilities."""
    _prepare(threads)
    params = read_params()
    word_vectors = torch.randn(VOCABULARY, params.embedding_dimension)
    network = torch_networks.Unpacked(word_vectors, params).eval()

    def predict(tokens: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return torch.softmax(network(torch.from_numpy(tokens[None])), dim=1).numpy()

    return percentile_of_seconds(random_messages(messages, params), percentile, predict)


def _prepare(threads: int) -> None:
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
