"""`make bench`: every row has figures of this run, and says honestly whether its goal is met."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.capabilities import ROWS
from bench.report import table_of
from bench.rows import Figures, Result, Row
from bench.timing import medians, worst

ROOT = Path(__file__).resolve().parents[2]


def row(met, unit="ms"):
    return Row("a page", unit, "≤ 0 ms", met, lambda stage: Figures(1.0), limit_is="nothing")


def test_a_goal_that_nobody_can_reach_is_missed():
    result = Result(row(lambda figures: figures.ours <= 0), Figures(5.0, peer=50.0, limit=2.5))

    *_, line, _, limit = table_of([result]).splitlines()

    assert [cell.strip() for cell in line.strip("|").split("|")] == [
        "a page", "5.00 ms", "50.00 ms", "2.50 ms", "2.00", "10.0", "≤ 0 ms", "missed",
    ]  # fmt: skip
    assert limit == "* a page: the limit is nothing."


def test_rates_are_the_better_the_larger_they_are():
    result = Result(row(lambda figures: figures.ours >= 100, unit="rows/s"), Figures(200.0, peer=50.0, limit=400.0))

    assert (result.is_met, result.times_better, result.of_limit) == (True, 4.0, 0.5)


def test_what_is_compared_is_measured_by_turns():
    turns = []

    medians({"a": lambda: turns.append("a"), "b": lambda: turns.append("b")}, seconds=0, least=3)

    assert "".join(turns) == "abababab"


def test_the_worst_of_some_cases_is_found_by_its_name():
    cases = {"slow": lambda: 3.0, "slowest": lambda: 5.0, "fast": lambda: 1.0}

    assert worst(cases, seconds=9) == (5.0, "slowest", 3)


def test_a_process_is_not_charged_with_the_memory_of_the_one_that_started_it():
    ballast = b"x" * 300_000_000

    told = subprocess.run(
        [sys.executable, "-c", "from bench.memory import most_memory; print(most_memory())"],
        check=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert 5 < float(told.stdout) < len(ballast) / 2e6


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A whole run over a handful of customers: what it printed, and what it kept."""
    var = tmp_path_factory.mktemp("bench")
    kept = {name: value for name, value in os.environ.items() if name not in {"DJANGO_SETTINGS_MODULE", "PLAIN_STATIC"}}
    run = subprocess.run(
        [sys.executable, "-m", "bench"],
        check=False,
        cwd=ROOT,
        env=kept | {"VAR": str(var), "SIZE": "tiny"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return run.stdout, json.loads((var / "bench.json").read_text()), var


def test_each_row_has_a_figure_and_a_verdict(tiny):
    printed, kept, _ = tiny

    assert [row["what"] for row in kept["rows"]] == [row.what for row in ROWS]
    assert [row["what"] for row in kept["rows"] if not row["ours"] >= 0 or row["met"] not in (True, False)] == []
    lines = [[cell.strip() for cell in line.split("|")] for line in printed.splitlines() if line.startswith("| ")]
    assert [line[1] for line in lines[1:]] == [row.what for row in ROWS]
    assert {line[-2] for line in lines[1:]} <= {"met", "missed"}


def test_nothing_stays_behind_but_the_figures(tiny):
    assert [path.name for path in tiny[2].iterdir()] == ["bench.json"]


def test_a_size_that_is_none_is_refused(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "bench"],
        check=False,
        cwd=ROOT,
        env=os.environ | {"VAR": str(tmp_path), "SIZE": "huge"},
        capture_output=True,
        text=True,
    )

    assert (run.returncode, run.stderr) == (1, "SIZE=huge is none. Give one of whole, small, tiny.\n")
