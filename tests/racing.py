"""Races: people who do things at the same moment, each in a connection of their own.

`RACE_ROUNDS=1000 make test ARGS="-k races"` runs them so many times each.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from partnercenter.errors import Refused

ROUNDS = int(os.environ.get("RACE_ROUNDS", "15"))


def at_once(*acts):
    """Do things at the same moment; what each returned, or the sentence with which it was refused."""
    barrier = Barrier(len(acts))

    def go(act):
        barrier.wait()
        try:
            return act()
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [thread.result(timeout=60) for thread in [threads.submit(go, act) for act in acts]]
