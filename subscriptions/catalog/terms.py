"""When a term ends."""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta
from typing import Final

_TERM: Final = re.compile(r"P(\d+)([YMD])")
_MONTHS: Final = {"Y": 12, "M": 1}


def end_of_term(begun_at: datetime, term: str, number: int = 1) -> datetime:
    """When the `number`-th term of a subscription ends that began at a moment.

    `term` is `P1Y`, `P1M`, `P45D` and the like. Counted from the beginning, and as PostgreSQL adds intervals: what
    began on January 31 or February 29 ends on the last day of a shorter month, and the day is not lost for later terms.
    Raises ValueError for a term that is none.
    """
    match = _TERM.fullmatch(term)
    if match is None:
        raise ValueError(f"{term!r} is no term")
    count, unit = int(match[1]) * number, match[2]
    if unit == "D":
        return begun_at + timedelta(days=count)
    months = begun_at.year * 12 + begun_at.month - 1 + count * _MONTHS[unit]
    year, month = months // 12, months % 12 + 1
    return begun_at.replace(year=year, month=month, day=min(begun_at.day, calendar.monthrange(year, month)[1]))
