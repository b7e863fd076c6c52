"""How much memory the bodies of requests may take together."""

from collections.abc import Iterator
from contextlib import contextmanager

from rnnops.serving.problems import busy


class Share:
    """What one request has taken of a budget."""

    def __init__(self, budget: "Budget") -> None:
        self._budget = budget
        self.taken = 0

    def take(self, amount: int) -> None:
        """Take more; raises `Problem` when that is not left."""
        if self._budget.taken + amount > self._budget.most:
            raise busy("the server is busy with large requests: try again later")
        self._budget.taken += amount
        self.taken += amount


class Budget:
    """At most `most` bytes for all requests; `taken` of them are in use."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = 0

    @contextmanager
    def share(self) -> Iterator[Share]:
        """The share of a request, given back at the end."""
        share = Share(self)
        try:
            yield share
        finally:
            self.taken -= share.taken
