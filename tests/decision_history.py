"""Decisions to test with."""

from rnnops.registry.decisions import Decision

NAME = "mine-classifier"


def decision(number, version, action="promote", **fields):
    defaults = {
        "identity": f"identity {version}",
        "when": "2026-01-01T00:00:00+00:00",
        "who": "ann",
        "reason": "better",
        "forced": False,
        "numbers": {},
    }
    return Decision(number=number, action=action, version=version, **{**defaults, **fields})


FIRST, SECOND = decision(1, "1"), decision(2, "3")
BACK = decision(3, "1", "rollback")
