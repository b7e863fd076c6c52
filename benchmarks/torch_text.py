"""The default network in PyTorch: packed sequences, so that it computes no padding at all."""

import time
from collections.abc import Callable

import torch
from corpus import Corpus, read_corpus, read_params
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnnops.recurrent.batches import Batches
from rnnops.recurrent.params import Train


class Network(torch.nn.Module):
    """From tokens, (batch, time), padded with 0, to logits, (batch, labels)."""

    def __init__(self, corpus: Corpus, params: Train) -> None:
        super().__init__()
        self.dropout = params.dropout
        self.embedding = torch.nn.Embedding.from_pretrained(
            torch.as_tensor(corpus.word_vectors), freeze=not params.fine_tune_embeddings
        )
        self.recurrent = torch.nn.RNN(
            self.embedding.embedding_dim, params.units, batch_first=True, bidirectional=True
        )
        self.output = torch.nn.Linear(4 * params.units, 2)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        real = tokens != 0
        vectors = self.embedding(tokens)
        vectors = vectors * self._dropped(torch.ones_like(vectors[:, :1]))  # whole dimensions
        packed = pack_padded_sequence(vectors, real.sum(1), batch_first=True, enforce_sorted=False)
        states, lengths = pad_packed_sequence(self.recurrent(packed)[0], batch_first=True)
        highest = states.masked_fill(~real[:, :, None], -1.0).amax(1)
        mean = states.sum(1) / lengths[:, None]  # padded states are 0
        return self.output(self._dropped(torch.cat([highest, mean], 1)))

    def _dropped(self, array: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.dropout(array, self.dropout, self.training)


def epoch(messages: int | None, threads: int) -> Callable[[], float]:
    """A measurement of seconds an epoch on the same batches of similar length as ours."""
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(0)
    corpus, params = read_corpus(messages), read_params()
    network = Network(corpus, params)
    optimizer = torch.optim.Adam(network.parameters(), params.learning_rate, fused=True)
    batches = Batches(
        corpus.sequences,
        None,
        corpus.labels,
        batch_size=params.batch_size,
        sequence_length=params.sequence_length,
        seed=params.seed,
    )

    def measure() -> float:
        started = time.perf_counter()
        for inputs, labels in batches.epoch():
            optimizer.zero_grad()
            logits = network(torch.from_numpy(inputs["tokens"]))
            torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels)).backward()
            for parameter in network.parameters():
                clip_grad_norm_(parameter, params.gradient_clip_norm)
            optimizer.step()
        return time.perf_counter() - started

    measure()
    return measure
