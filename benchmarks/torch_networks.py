"""The default network in PyTorch, on packed sequences or on padded ones; the logits are equal.

Sequences are time first, which PyTorch prefers.
"""

from abc import ABC, abstractmethod

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnnops.recurrent.params import Train


class Network(torch.nn.Module, ABC):
    """From tokens, (batch, time), padded with 0, to logits, (batch, 2)."""

    def __init__(self, word_vectors: torch.Tensor, params: Train) -> None:
        super().__init__()
        self.dropout = params.dropout
        self.embedding = torch.nn.Embedding.from_pretrained(
            word_vectors, freeze=not params.fine_tune_embeddings
        )
        self.output = torch.nn.Linear(4 * params.units, 2)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        real = (tokens != 0).T
        vectors = self.embedding(tokens.T)
        vectors = vectors * self._dropped(torch.ones_like(vectors[:1]))  # whole dimensions
        states = self.states(vectors, real.sum(0))
        padding = ~real[:, :, None]
        highest = states.masked_fill(padding, -1.0).amax(0)
        mean = states.masked_fill(padding, 0.0).sum(0) / real.sum(0)[:, None]
        return self.output(self._dropped(torch.cat([highest, mean], 1)))

    @abstractmethod
    def states(self, vectors: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """States of both directions, (time, batch, 2 · units), whatever they are after the end.

        Args:
            vectors: (time, batch, inputs).
            lengths: (batch,), of the messages.
        """

    def _dropped(self, array: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.dropout(array, self.dropout, self.training)


class Packed(Network):
    """One bidirectional `nn.RNN` on packed sequences: it computes no padding at all."""

    def __init__(self, word_vectors: torch.Tensor, params: Train) -> None:
        super().__init__(word_vectors, params)
        self.recurrent = torch.nn.RNN(word_vectors.shape[1], params.units, bidirectional=True)

    def states(self, vectors: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        packed = pack_padded_sequence(vectors, lengths, enforce_sorted=False)
        return pad_packed_sequence(self.recurrent(packed)[0], total_length=len(vectors))[0]


class Unpacked(Network):
    """An `nn.RNN` for each direction on padded sequences.

    The second reads every message from its own end: padding comes last for both, where it changes
    no state of a word.
    """

    def __init__(self, word_vectors: torch.Tensor, params: Train) -> None:
        super().__init__(word_vectors, params)
        self.onwards = torch.nn.RNN(word_vectors.shape[1], params.units)
        self.backwards = torch.nn.RNN(word_vectors.shape[1], params.units)

    def states(self, vectors: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        reversed_vectors = reversed_within(vectors, lengths)
        backwards = reversed_within(self.backwards(reversed_vectors)[0], lengths)
        return torch.cat([self.onwards(vectors)[0], backwards], 2)


def reversed_within(sequences: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Each sequence, (time, batch, …), with its first `lengths` steps in reverse order."""
    steps = torch.arange(len(sequences))[:, None]
    sources = torch.where(steps < lengths, lengths - 1 - steps, steps)
    return sequences.gather(0, sources[:, :, None].expand_as(sequences))
