"""What is to become of the licenses of some users."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from subscriptions.models import Subscription
from subscriptions.selectors.licenses import Headcount


@dataclass(frozen=True)
class LicenseBox:
    """A product and how it stands with some users: `all`, `some` or `none` of them have a license.

    `having` of `total` users have one, and `unable` of those who have none can get none, since nobody said where they
    are. `act` is what is to become of it: `add`, `remove`, or nothing.
    """

    product: Subscription
    having: int
    total: int
    unable: int
    act: str

    @property
    def state(self) -> str:
        if not self.having:
            return "none"
        return "all" if self.having >= self.total else "some"

    @property
    def lacking(self) -> int:
        """How many users a license is for."""
        return self.total - self.having - self.unable if self.product.is_active else 0

    @property
    def getting(self) -> int:
        """How many of them would get one: no more than there are."""
        return min(self.lacking, self.product.available)

    @property
    def short(self) -> int:
        """How many of them would get none, since no more are available."""
        return self.lacking - self.getting

    @property
    def can_be_assigned(self) -> bool:
        """Whether somebody would get one. What a person has chosen stays a choice, although the last one is gone."""
        return self.getting > 0 or self.act == "add"

    @property
    def is_choice(self) -> bool:
        """Whether there is anything to choose."""
        return self.can_be_assigned or self.having > 0


class LicenseChoices:
    """What was chosen for each product of an account: fields `change` (`add:<guid>`, `remove:<guid>` or empty).

    `counts` says how many of the users have a license of a product, `everybody` how many users there are.
    """

    def __init__(
        self,
        data: Any,
        products: Collection[Subscription],
        *,
        counts: Mapping[UUID, Headcount],
        everybody: Headcount,
    ) -> None:
        self.products = {str(one.pk): one for one in products}
        self.counts, self.everybody = counts, everybody
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

    @cached_property
    def boxes(self) -> list[LicenseBox]:
        """A box for each product."""
        return [self._box(guid, one) for guid, one in self.products.items()]

    def _box(self, guid: str, product: Subscription) -> LicenseBox:
        having = self.counts.get(product.pk, Headcount(0, 0))
        unable = self.everybody.nowhere - having.nowhere
        return LicenseBox(product, having.users, self.everybody.users, unable, self._acts.get(guid, ""))

    @property
    def too_few(self) -> list[LicenseBox]:
        """The products to be assigned of which too few are available."""
        return [box for box in self.boxes if box.act == "add" and box.short]
