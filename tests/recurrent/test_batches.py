import numpy as np
import pytest

from rnnops.recurrent.batches import Batches, cut


@pytest.mark.parametrize(
    ("tail_share", "read"),
    [(0.0, [0, 1, 2, 3]), (0.5, [0, 1, 8, 9]), (0.75, [0, 7, 8, 9]), (0.3, [0, 1, 2, 9])],
)
def test_a_long_message_is_read_at_its_start_and_its_end(tail_share, read):
    assert cut(np.arange(10), 4, tail_share).tolist() == read
    assert cut(np.arange(4), 4, tail_share).tolist() == [0, 1, 2, 3]


def test_weights_are_cut_as_the_words_are():
    words, weights = np.arange(1, 11, dtype=np.int32), np.arange(1, 11, dtype=np.float32)
    batches = Batches(
        [words], [weights], np.array([0]), batch_size=1, sequence_length=4, tail_share=0.5
    )
    ((inputs, _),) = batches.epoch()
    assert inputs["tokens"].tolist() == [[1, 2, 9, 10]]
    assert inputs["weights"].tolist() == [[1, 2, 9, 10]]
