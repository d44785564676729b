"""Where it is measured: a PostgreSQL of its own, with customers of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from bench.browser import Browser
from bench.sizes import Size
from customers.models import Customer
from customers.selectors.customers import ORDERS, customers_of
from partnercenter.directory.models import User
from partnercenter.partners.models import Partner
from partnercenter.web.keyset import Cursor
from relationships.seeding.loading import load_customers, refresh_statistics
from relationships.seeding.partners import SeededPartner, make_partner

PAGE: Final = 50


@dataclass(frozen=True)
class Stage:
    """A partner with many customers, one with few, and a provider; and how a global admin of each looks around."""

    size: Size
    admin: User
    admin_of_few: User
    admin_of_provider: User

    @property
    def partner(self) -> Partner:
        return self.admin.staff.partner

    @cached_property
    def browser(self) -> Browser:
        return Browser(self.admin)

    def position(self, number: int) -> str:
        """Where the page begins whose first row is the one with this number, as addresses say it."""
        order = ORDERS["name"]
        before: Customer = order.sort(customers_of(self.partner))[number - 2]
        return str(Cursor(number - 1, tuple(getattr(before, name) for name in order.columns)))


def set_stage(size: Size, say: Callable[[str], None]) -> Stage:
    """Make the customers, in an empty database."""
    hashed = make_password(None)
    names = ("Many", Partner.Kind.DIRECT, size.customers), ("Few", Partner.Kind.DIRECT, size.few)
    kinds = (*names, ("Provider", Partner.Kind.PROVIDER, size.through_resellers))
    shares: list[tuple[SeededPartner, int]] = []
    admins: list[User] = []
    with transaction.atomic():
        for name, kind, count in kinds:
            partner, sign_in = make_partner(name, kind, hashed=hashed)
            shares.append((partner, count))
            admins.append(User.objects.get(principal_name=sign_in))
        for number in range(1, 21):
            partner, _ = make_partner(f"Other {number}", Partner.Kind.DIRECT, hashed=hashed)
            shares.append((partner, size.others // 20))
        load_customers(shares, seed=1, first=0, say=say)
    refresh_statistics(say)
    return Stage(size, *admins)
