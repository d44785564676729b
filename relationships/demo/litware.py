"""Customers of the demo with a story (the product rules, section 14).

Litware holds Azure with Contoso and has a plan with Fabrikam, ready to be transferred; Tailspin Toys waits for users.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from partnercenter.directory.models import TenantRole, User
from relationships.demo.lives import cancel, follow, live_on, suspend
from relationships.demo.products import offer, old_azure_offer
from relationships.demo.sales import Account
from subscriptions.catalog import AZURE_PLAN, AZURE_SUBSCRIPTION, CATALOG, Cycle
from subscriptions.models import RoleAssignment, Subscription

DAY: Final = timedelta(days=1)
# How long Litware has been a customer of Contoso, and of Fabrikam.
LITWARE_SINCE, LITWARE_ELSEWHERE_SINCE = 1_310 * DAY, 20 * DAY
# Azure subscriptions under the plan, and how many days ago they were added.
AZURE: Final[Mapping[str, int]] = {
    "Production": 1_300, "Development": 1_300, "Test": 1_300, "Data platform": 700, "Web shop": 420, "Backup": 90,
    "Sandbox": 400,
}  # fmt: skip


def _litware_at_contoso(account: Account) -> None:
    azure = _azure(account)
    _reserve(account, azure)
    _office(account)


def _azure(account: Account) -> dict[str, Subscription]:
    """A plan with subscriptions that Carla owns with the partner; a suspended one, an old one, a former one."""
    now, carla = account.now, _admin(account)
    plan = account.buy(CATALOG[AZURE_PLAN], 1, now - 1_300 * DAY)
    azure = {
        name: account.buy(CATALOG[AZURE_SUBSCRIPTION], 1, now - days * DAY, parent=plan, name=name)
        for name, days in AZURE.items()
    }
    old = account.buy(old_azure_offer(account.customer.partner.cloud), 1, now - 1_305 * DAY, name="Line of business")
    for one in (*azure.values(), old):
        account.assign_role(one, RoleAssignment.Role.OWNER, one.begun_at + DAY, user=carla)
    suspend(azure["Sandbox"], now - 25 * DAY)
    former = account.buy(CATALOG[AZURE_SUBSCRIPTION], 1, now - 200 * DAY, parent=plan, name="Proof of concept")
    cancel(former, now - 60 * DAY)
    return azure | {"old": old, "former": former}


def _admin(account: Account) -> User:
    return User.objects.filter(tenant=account.customer.tenant_id, role=TenantRole.GLOBAL_ADMIN).earliest("created_at")


def _reserve(account: Account, azure: Mapping[str, Subscription]) -> None:
    """Single ones, shared ones, one whose subscription has gone, one that has ended; by the month and upfront."""
    now, monthly, upfront = account.now, Cycle.MONTHLY, Cycle.UPFRONT
    small, middle, large, wide = (f"Reserved VM Instance, Standard {size}" for size in _SIZES)
    for name, quantity, days, subscription, cycle in (
        (f"{middle}, 1 year", 4, 150, "Production", monthly),
        (f"{large}, 3 years", 2, 640, "Production", upfront),
        (f"{wide}, 3 years", 6, 300, "Data platform", monthly),
        (f"{small}, 1 year", 3, 80, "Web shop", upfront),
        (f"{small}, 1 year", 1, 120, "Sandbox", monthly),
        (f"{middle}, 1 year", 2, 500, "Development", upfront),
        (f"{middle}, 1 year", 1, 95, "old", monthly),
        (f"{large}, 1 year", 8, 200, None, monthly),
        (f"{middle}, 3 years", 5, 800, None, upfront),
    ):
        single = azure[subscription] if subscription else None
        account.reserve(offer(name), quantity, now - days * DAY, azure=single, cycle=cycle)
    account.reserve(offer(f"{small}, 1 year"), 2, now - 180 * DAY, ordered_for=azure["former"], cycle=monthly)


_SIZES: Final = ("B2s", "D2s v3", "D4s v3", "E4s v3")


def _office(account: Account) -> None:
    begun = account.now - 1_304 * DAY
    office = account.buy(offer("Microsoft 365 E3"), 60, begun)
    telephone = account.buy(offer("Audio Conferencing"), 20, begun, parent=office)
    drawing = account.buy(offer("Visio Online Plan 2"), 5, account.now - 210 * DAY, name="Drawing office")
    reports = account.buy(offer("Power BI Pro"), 15, account.now - 3 * DAY)
    for one in (office, drawing, reports):
        live_on(one, account.now)
    follow(telephone, office)
    account.buy_software(offer("SQL Server 2019 Standard, 2 core licenses"), 8, account.now - 700 * DAY)


def _litware_at_fabrikam(account: Account) -> None:
    """A plan, and nothing under it yet."""
    account.buy(CATALOG[AZURE_PLAN], 1, account.now - 18 * DAY)


def _tailspin(account: Account) -> None:
    """Far more seats than users: whoever is uploaded can get a license."""
    at = account.first_moment()
    for name, seats in (("Office 365 Enterprise E3", 1_500), ("Office 365 Enterprise E5", 200)):
        live_on(account.buy(offer(name), seats, at), account.now)


# By domain of the customer and partner ID.
STORIES: Final[Mapping[tuple[str, str], Callable[[Account], None]]] = {
    ("litware.onmicrosoft.com", "4501001"): _litware_at_contoso,
    ("litware.onmicrosoft.com", "4501004"): _litware_at_fabrikam,
    ("tailspintoys.onmicrosoft.com", "4501001"): _tailspin,
}
