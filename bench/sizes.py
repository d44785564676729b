"""How much is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Size:
    """How many customers there are: of the partner that is measured, of a small one, of a provider, of all others.

    `selected` of them get a tag, and files have as many users as `people`; figures of pages are taken for about
    `seconds` each, and of all searches and filters each `thinned` one is tried.
    """

    name: str
    customers: int
    few: int
    through_resellers: int
    others: int
    selected: int
    people: int
    seconds: float
    thinned: int = 1


SIZES: Final = {
    "whole": Size("whole", 1_000_000, 1_000, 50_000, 49_000, 100_000, 100_000, 6.0),
    "small": Size("small", 40_000, 1_000, 4_000, 4_000, 10_000, 10_000, 0.5, 9),
    "tiny": Size("tiny", 1_500, 200, 300, 200, 500, 300, 0.1, 29),
}
