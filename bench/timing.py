"""Measuring things that are compared by turns, so that noise of the machine hits all of them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from statistics import median


def seconds_of(act: Callable[[], object]) -> float:
    """How long something takes, once."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def medians(acts: Mapping[str, Callable[[], object]], *, seconds: float, least: int = 5) -> dict[str, float]:
    """The median duration of each of some acts, done by turns after a warm-up of one turn.

    Turns go on for `seconds`, and there are `least` of them in any case.
    """
    for act in acts.values():
        act()
    taken: dict[str, list[float]] = {name: [] for name in acts}
    begun = time.perf_counter()
    turns = 0
    while turns < least or time.perf_counter() - begun < seconds:
        for name, act in acts.items():
            taken[name].append(seconds_of(act))
        turns += 1
    return {name: median(times) for name, times in taken.items()}


def worst(cases: Mapping[str, Callable[[], float]], *, seconds: float, suspects: int = 10) -> tuple[float, str, int]:
    """The largest of some figures, the name of the case it belongs to, and how many cases were tried.

    All are measured once, in an order as if by chance and for `seconds` at most, which warms up as well; those
    `suspects` that look worst are measured five times, and their medians count.
    """
    names = random.Random(1).sample(sorted(cases), len(cases))  # noqa: S311 - the same order in each run
    first: dict[str, float] = {}
    begun = time.perf_counter()
    for name in names:
        first[name] = cases[name]()
        if time.perf_counter() - begun > seconds:
            break
    slowest = sorted(first, key=first.__getitem__, reverse=True)[:suspects]
    figures = {name: median(cases[name]() for _ in range(5)) for name in slowest}
    name = max(figures, key=figures.__getitem__)
    return figures[name], name, len(first)
