"""The table that is printed, and the same as a file."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.rows import Result, Row

HEAD = ("what", "this project", "off the shelf", "limit", "of the limit", "× better", "goal", "met")


def table_of(results: Sequence[Result]) -> str:
    """The results as a table, in Markdown so that it can be kept as it is printed, and what the limits are."""
    lines = [HEAD, *(_cells(result) for result in results)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    rows = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    rows.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join([*rows, "", *(f"* {text}" for result in results if (text := _told(result)))])


def _cells(result: Result) -> tuple[str, ...]:
    row, figures = result.row, result.figures
    limit = f"{result.of_limit:.2f}" if result.of_limit is not None else ""
    better = f"{result.times_better:.1f}" if result.times_better is not None else ""
    met = "met" if result.is_met else "missed"
    return (
        row.what, shown(figures.ours, row), shown(figures.peer, row), shown(figures.limit, row), limit, better,
        row.goal, met,
    )  # fmt: skip


def shown(figure: float | None, row: Row) -> str:
    """A figure with its unit, as exactly as it is worth."""
    if figure is None:
        return ""
    return f"{figure:,.0f} {row.unit}" if figure >= 100 else f"{figure:.2f} {row.unit}"


def _told(result: Result) -> str:
    limit = f"the limit is {result.row.limit_is}" if result.row.limit_is else ""
    told = "; ".join(filter(None, (limit, result.figures.note)))
    return f"{result.row.what}: {told}." if told else ""


def write(results: Sequence[Result], path: Path, *, size: str, seconds: float) -> None:
    """Keep the results as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {
        "size": size,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rows": [result.as_json() for result in results],
    }
    path.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
