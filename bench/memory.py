"""The memory of a process, and what a file of users takes in one of its own: `python -m bench.memory file domain`."""

from __future__ import annotations

import json
import re
import resource
import sys
from pathlib import Path
from typing import Final

import django

STATUS: Final = Path("/proc/self/status")
WARM_UP: Final = 100  # lines


def most_memory() -> float:
    """The most memory that this process ever had, in MB.

    Linux counts what `getrusage` says from before the program began: a process has the memory of the one that started
    it until then. So what the program itself had is read where the system tells it.
    """
    if STATUS.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text())):
        return int(found[1]) * 1_024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1_024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def main() -> None:
    """Read and check a file; print how many rows and problems it has, and MB beyond those of a warm process."""
    django.setup()
    from customers.userfiles import check_rows, read_user_file

    def check(content: bytes) -> tuple[int, int]:
        rows = read_user_file(content).rows
        return len(rows), len(check_rows(rows, domains={sys.argv[2]}, taken=frozenset(), taken_deleted=frozenset()))

    content = Path(sys.argv[1]).read_bytes()
    check(b"\n".join(content.splitlines()[:WARM_UP]))
    before = most_memory()
    rows, problems = check(content)
    told = {"rows": rows, "problems": problems, "memory": most_memory() - before}
    sys.stdout.write(f"{json.dumps(told)}\n")


if __name__ == "__main__":
    main()
