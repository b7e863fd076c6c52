"""How much of a body is read, and what it takes of the memory for bodies."""

import asyncio

import pytest

from rnnops.serving import reading
from rnnops.serving.budget import Budget
from rnnops.serving.problems import Problem
from rnnops.serving.settings import Limits


def read(content_type, body, budget, **headers):
    async def receive():
        return {"type": "http.request", "body": body}

    async def read_it():
        with budget.share() as share:
            found = await reading.read_body(
                receive, {"content-type": content_type, **headers}, Limits(), share
            )
            return found, share.taken

    return asyncio.run(read_it())


def test_json_takes_a_multiple_of_its_bytes():
    assert read("application/json", b"{}", Budget(10)) == (b"{}", 10)
    assert read("text/plain", b"{}", Budget(10)) == (b"{}", 2)
    with pytest.raises(Problem, match="busy with large requests"):
        read("application/json; charset=utf-8", b"{}", Budget(9))


def test_json_has_a_bound_of_its_own(monkeypatch):
    monkeypatch.setattr(reading, "MOST_JSON_BYTES", 3)
    assert read("text/plain", b"1234", Budget(100)) == (b"1234", 4)
    for headers in ({}, {"content-length": "4"}):
        with pytest.raises(Problem, match="more than 3 bytes") as problem:
            read("application/json", b"1234", Budget(100), **headers)
        assert problem.value.status == 413
