"""Whose messages a worker gets next."""

from rnnops.runtime.scoring_worker import Scored
from rnnops.serving.waiting import (
    BACKGROUND_TURN,
    BATCH_SIZE,
    EVERY,
    TURN,
    TURN_SIZE,
    Job,
    WaitingMessages,
)


def job(*messages, is_background=False):
    return Job(messages, lambda: None, is_background)


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
    assert [list(piece.messages) for piece in waiting.take(8)] == [["z"], ["y"]]


def test_nobody_waits_in_a_batch_for_a_long_message():
    waiting = waiting_of(job("a"), job("x" * BATCH_SIZE), job("b"))
    batches = [[piece.messages[0][0] for piece in waiting.take(8)] for _ in range(3)]
    assert batches == [["a"], ["x"], ["b"]]


def test_long_messages_take_a_turn_each():
    waiting = waiting_of(job("x" * TURN_SIZE, "y" * (TURN_SIZE - 1)), job("z"))
    assert [piece.messages[0][0] for piece in waiting.take(3)] == ["x", "z", "y"]


def test_the_background_waits_for_all_others():
    explained = job(*["x"] * 20, is_background=True)
    waiting = waiting_of(explained, job("a"), job("b"))
    assert [list(piece.messages) for piece in waiting.take(32)] == [["a"], ["b"]]
    assert [(p.job, p.number) for p in waiting.take(32)] == [(explained, BACKGROUND_TURN)]
    waiting.add(job("c"))
    assert [list(piece.messages) for piece in waiting.take(32)] == [["c"]]
    waiting.drop(explained)
    assert (waiting.take(32), waiting.number) == ([], 0)


def test_the_background_has_its_turn_however_much_there_is():
    explained = job("x", is_background=True)
    waiting = waiting_of(explained, *[job("a") for _ in range(2 * EVERY)])
    batches = [waiting.take(1)[0].job for _ in range(EVERY + 1)]
    assert batches.index(explained) == EVERY


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
