"""What a row of the benchmark is. Capabilities add theirs to `bench.capabilities.ROWS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.stage import Stage


@dataclass(frozen=True)
class Figures:
    """What was measured, in the unit of the row; the larger the better where that is “… a second”.

    `ours` is this project, `peer` what is off the shelf, `limit` the least it could be: PostgreSQL alone, a plain
    template, or whatever the row says. `note` tells what else is worth to know, such as which case was the worst.
    """

    ours: float
    peer: float | None = None
    limit: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Row:
    """A thing that is measured: its goal in the words of the quality goals, and whether figures meet it."""

    what: str
    unit: str
    goal: str
    met: Callable[[Figures], bool]
    measure: Callable[[Stage], Figures]
    limit_is: str = ""

    @property
    def is_rate(self) -> bool:
        return self.unit.endswith("/s")


@dataclass(frozen=True)
class Result:
    """A row with its figures."""

    row: Row
    figures: Figures

    @property
    def is_met(self) -> bool:
        return self.row.met(self.figures)

    @property
    def of_limit(self) -> float | None:
        """How many times the limit."""
        return self.figures.ours / self.figures.limit if self.figures.limit else None

    @property
    def times_better(self) -> float | None:
        """How many times better than off the shelf."""
        ours, peer = self.figures.ours, self.figures.peer
        if not peer or not ours:
            return None
        return ours / peer if self.row.is_rate else peer / ours

    def as_json(self) -> dict[str, Any]:
        figures = self.figures
        return {
            "what": self.row.what, "unit": self.row.unit, "goal": self.row.goal, "met": self.is_met,
            "ours": figures.ours, "off_the_shelf": figures.peer, "limit": figures.limit,
            "limit_is": self.row.limit_is, "of_limit": self.of_limit, "times_better": self.times_better,
            "note": figures.note,
        }  # fmt: skip
