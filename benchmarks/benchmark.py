"""A benchmark: contenders that meet in every cell of a grid, and who is compared with whom."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from duel import Contender, duel, workers
from report import describe
from summary import Comparison, summarize


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    `batches` and `steps` are the grid's, `seconds` those of one measurement. `messages`: how many
    are classified one by one in a round. `epoch_messages`: of the corpus, all if None.
    """

    batches: tuple[int, ...]
    steps: tuple[int, ...]
    rounds: int
    seconds: float
    messages: int
    epoch_messages: int | None

    def grid(self) -> list[dict[str, int]]:
        """A cell for every batch size with every length."""
        return [{"batch": batch, "steps": steps} for batch in self.batches for steps in self.steps]


FULL = Effort((32, 64, 128), (100, 200, 400), 7, 0.5, 200, None)
QUICK = Effort((4,), (20,), 2, 0.05, 5, 64)


@dataclass(frozen=True)
class Benchmark:
    """`measured` says in words what is; the rest says who measures it."""

    title: str
    measured: str
    contenders: Sequence[Contender]
    comparisons: Sequence[Comparison]

    def run(
        self,
        cells: Sequence[dict[str, Any]],
        rounds: int,
        settings: dict[str, Any],
        targets: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] = lambda _: [],
    ) -> dict[str, Any]:
        """Measure every cell, with a line of progress for each.

        Args:
            settings: what the contenders are prepared with in every cell.
            targets: from the cells, as `summarize` returns them, to what `report.target` returns.

        Returns:
            `title`, `measured`, `rounds`, `settings`, `cells` and `targets`.
        """
        found = []
        with workers(self.contenders) as started:
            for count, cell in enumerate(cells, 1):
                began = time.perf_counter()
                measured, failed = duel(started, cell | settings, rounds)
                preparation = {
                    worker.contender.name: worker.preparation
                    for worker in started
                    if worker.contender.name in measured
                }
                found.append(summarize(cell, measured, failed, preparation, self.comparisons))
                print(
                    f"{self.title} {count}/{len(cells)}: {describe(cell)}: {len(measured)} "
                    f"contenders, {len(failed)} failed, {rounds} rounds, "
                    f"{time.perf_counter() - began:.0f} s",
                    flush=True,
                )
        return {
            "title": self.title,
            "measured": self.measured,
            "rounds": rounds,
            "settings": settings,
            "cells": found,
            "targets": targets(found),
        }
