"""What is to become of the licenses of some users."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from subscriptions.models import Subscription


@dataclass(frozen=True)
class LicenseBox:
    """A product and how it stands with some users: `all`, `some` or `none` of them have a license.

    `having` of `total` users have one. `act` is what is to become of it: `add`, `remove`, or nothing.
    """

    product: Subscription
    having: int
    total: int
    act: str

    @property
    def state(self) -> str:
        if not self.having:
            return "none"
        return "all" if self.having >= self.total else "some"

    @property
    def lacking(self) -> int:
        """How many users would get a license."""
        return self.total - self.having

    @property
    def short(self) -> int:
        """How many of them would get none, since no more are available."""
        return max(0, self.lacking - self.product.available)


class LicenseChoices:
    """What was chosen for each product of an account: fields `change` (`add:<guid>`, `remove:<guid>` or empty)."""

    def __init__(self, data: Any, products: Iterable[Subscription]) -> None:
        self.products = {str(one.pk): one for one in products}
        self._acts = dict(self._read(data))

    def _read(self, data: Any) -> Iterator[tuple[str, str]]:
        for choice in data.getlist("change"):
            act, _colon, guid = choice.partition(":")
            if act in ("add", "remove"):
                yield guid.lower(), act

    @property
    def are_there(self) -> bool:
        """Whether every product that was chosen is there."""
        return self._acts.keys() <= self.products.keys()

    def chosen(self, act: str) -> list[UUID]:
        """The products to `add` or to `remove`."""
        return [one.pk for guid, one in self.products.items() if self._acts.get(guid) == act]

    def boxes(self, counts: Mapping[UUID, int], total: int) -> list[LicenseBox]:
        """A box for each product; `counts` says how many of `total` users have a license of it."""
        return [
            LicenseBox(one, counts.get(one.pk, 0), total, self._acts.get(guid, ""))
            for guid, one in self.products.items()
        ]
