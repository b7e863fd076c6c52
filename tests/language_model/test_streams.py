"""Streams: what is read is followed by what comes next, from batch to batch."""

import numpy as np

from rnnops.language_model.streams import Streams

END = 9
DOCUMENTS = [np.array([1, 2, 3, END]), np.array([4, 5, END]), np.array([6, 7, 8, 6, END])]


def whole_streams(streams):
    """The batches of an epoch, each stream put together again."""
    read, next_words = zip(*streams.epoch(), strict=True)
    return np.concatenate(read, axis=1), np.concatenate(next_words, axis=1)


def test_a_stream_goes_on_where_it_was():
    streams = Streams(DOCUMENTS, rows=1, steps=3, end=END, seed=0)
    read, next_words = whole_streams(streams)
    assert read.shape == next_words.shape == (1, 3 * len(streams)) == (1, 12)
    assert read[0, 0] == END
    np.testing.assert_array_equal(read[0, 1:], next_words[0, :-1])
    documents = [tuple(document) for document in DOCUMENTS]
    text = tuple(next_words[0])
    assert {text[text.index(document[0]) :][: len(document)] for document in documents} == {
        *documents
    }


def test_rows_are_parts_of_one_text_and_batches_have_one_shape():
    streams = Streams(DOCUMENTS, rows=2, steps=2, end=END, seed=0)
    assert [read.shape for read, _ in streams.epoch()] == [(2, 2)] * 3
    read, next_words = whole_streams(streams)
    assert next_words[0, -1] == read[1, 0]


def test_epochs_differ_and_seeds_repeat_them():
    first, second = (Streams(DOCUMENTS, rows=1, steps=3, end=END, seed=1) for _ in range(2))
    epochs = [whole_streams(first)[1].tolist() for _ in range(4)]
    assert [whole_streams(second)[1].tolist() for _ in range(4)] == epochs
    assert len({str(epoch) for epoch in epochs}) > 1
