"""Whose messages a worker gets next."""

from rnnops.runtime.scoring_worker import Scored
from rnnops.serving.waiting import BATCH_SIZE, TURN, Job, WaitingMessages


def job(*messages):
    return Job(messages, lambda: None)


def scored(*texts):
    return Scored(list(texts), ["ham"], [0] * len(texts), [[1.0]] * len(texts))


def waiting_of(*jobs):
    waiting = WaitingMessages()
    for each in jobs:
        waiting.add(each)
    return waiting


def test_a_batch_takes_requests_in_their_order():
    waiting = waiting_of(job("a"), job("b"), job("c"))
    assert [list(piece.messages) for piece in waiting.take(2)] == [["a"], ["b"]]
    assert waiting.number == 1
    assert [list(piece.messages) for piece in waiting.take(2)] == [["c"]]
    assert waiting.take(2) == []


def test_a_large_request_lets_others_pass():
    large, small = job(*["x"] * 100), job("a")
    waiting = waiting_of(large, small)
    assert [(p.job, p.number) for p in waiting.take(TURN + 1)] == [(large, TURN), (small, 1)]


def test_alone_a_large_request_fills_batches():
    waiting = waiting_of(job(*["x"] * 40))
    assert sum(piece.number for piece in waiting.take(32)) == 32
    assert sum(piece.number for piece in waiting.take(32)) == 8
    assert waiting.number == 0


def test_a_batch_ends_where_it_is_long_enough():
    waiting = waiting_of(job("x" * BATCH_SIZE, "y"), job("z"))
    assert [list(piece.messages) for piece in waiting.take(8)] == [["x" * BATCH_SIZE]]
    assert waiting.number == 2


def test_what_is_dropped_is_not_scored():
    large, small = job(*["x"] * 20), job("a")
    waiting = waiting_of(large, small)
    waiting.take(TURN)
    waiting.drop(large)
    assert waiting.number == 1
    assert [piece.job for piece in waiting.take(8)] == [small]


def test_the_parts_of_a_request_come_back_in_any_order():
    ended = []
    whole = Job(["a", "b", "c"], lambda: ended.append(True))
    whole.add(2, scored("c"))
    assert not ended
    whole.add(0, scored("a", "b"))
    assert ended
    assert whole.result.texts == ["a", "b", "c"]
    assert len(whole.result.probabilities) == 3
