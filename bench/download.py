"""One download in a process of its own: `python -m bench.download sign-in-name address`, which tells how it went."""

from __future__ import annotations

import json
import sys
import time

import django

from bench.memory import most_memory


def main() -> None:
    """Open a page, then read the download; print seconds to the first byte and row, and MB of additional memory."""
    django.setup()
    from bench.browser import Browser
    from partnercenter.directory.models import User

    browser = Browser(User.objects.get(principal_name=sys.argv[1]))
    browser.get("/customers/")
    browser.get("/bench/plain/")
    before, begun = most_memory(), time.perf_counter()
    moments: list[float] = []
    for _ in browser.pieces(sys.argv[2]):
        if len(moments) < 2:
            moments.append(time.perf_counter() - begun)
    told = {"first_byte": moments[0], "first_row": moments[1], "memory": most_memory() - before}
    sys.stdout.write(f"{json.dumps(told)}\n")


if __name__ == "__main__":
    main()
