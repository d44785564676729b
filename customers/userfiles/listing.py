"""Many names in one sentence."""

from collections.abc import Sequence
from typing import Final

_MOST: Final = 10


def listed(names: Sequence[str]) -> str:
    """Names with commas between them: the first ten of them at most."""
    return ", ".join([*names[:_MOST], "…"] if len(names) > _MOST else names)
