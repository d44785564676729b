"""What the customers of the demo have bought: the ordinary ones; `litware` has those with a story."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from customers.models import Customer
from partnercenter.directory.clouds import Cloud
from partnercenter.directory.models import User
from partnercenter.partners.models import Partner, Staff
from partnercenter.partners.roles import Role
from relationships.demo import products
from relationships.demo.histories import assign_licenses, tell_histories
from relationships.demo.litware import STORIES
from relationships.demo.lives import cancel, follow, live_on, suspend
from relationships.demo.products import Product
from relationships.demo.sales import Account, Sales
from subscriptions.catalog import AZURE_PLAN, AZURE_SUBSCRIPTION, CATALOG, Offer
from subscriptions.catalog.terms import end_of_term
from subscriptions.models import Subscription

DAY: Final = timedelta(days=1)
# How many different products a customer has at first, from one to five, and how often that is so.
COUNTS, OFTEN = (1, 2, 3, 4, 5), (30, 30, 20, 12, 8)


def sell_to_customers(now: datetime) -> None:
    """What every customer of the demo has bought by `now`, with orders, licenses and history."""
    sales = Sales(now)
    sellers = {partner.pk: _sellers(partner) for partner in Partner.objects.all()}
    for customer in _customers():
        chance = random.Random(f"{customer.domain} {customer.partner.partner_id}")  # noqa: S311
        account = Account(sales, customer, sellers[customer.partner_id], chance)
        story = STORIES.get((customer.domain, customer.partner.partner_id), _sell_to)
        story(account)
    sales.save()
    assign_licenses(now)
    tell_histories()


def _sellers(partner: Partner) -> Sequence[User]:
    """Who places orders: sales agents and global admins."""
    staff = Staff.objects.filter(partner=partner, roles__overlap=[Role.SALES_AGENT, Role.GLOBAL_ADMIN])
    return [one.user for one in staff.select_related("user").order_by("user__principal_name")]


def _customers() -> Iterator[Customer]:
    """Who may buy: those that a partner sells to, and that have accepted the customer agreement."""
    customers = Customer.objects.filter(
        ended_at=None, relationships__contains=[Customer.Relationship.CLOUD_RESELLER], agreement__isnull=False
    )
    yield from customers.select_related("partner__tenant", "tenant", "reseller").order_by("pk")


def _sell_to(account: Account) -> None:
    chance, customer = account.chance, account.customer
    first = account.first_moment()
    is_global = customer.partner.cloud == Cloud.GLOBAL
    if is_global:
        _sell_licenses(account, first)
        if chance.random() < 0.06:
            _sell_software(account, first)
    if chance.random() < (0.1 if is_global else 0.85):
        _sell_azure(account, first)
    elif not is_global:
        account.buy(products.old_azure_offer(customer.partner.cloud), 1, first)


def _sell_licenses(account: Account, first: datetime) -> None:
    chance = account.chance
    main = _pick(_base_products(account), chance)
    base = _sell(account, main, first, first=first)
    had = {main.offer.id}
    for _number in range(chance.choices(COUNTS, OFTEN)[0] - 1):
        at = first if chance.random() < 0.5 else _between(first, account.now, chance)
        kind = chance.random()
        if kind < 0.2:
            _extend(account, base, max(at, base.begun_at), had)
            continue
        is_trial = kind < 0.3
        product = _pick(products.TRIALS if is_trial else _further_products(account), chance)
        if product.offer.id in had:
            continue
        had.add(product.offer.id)
        if is_trial:
            _try(account, product, first)
        else:
            _sell(account, product, at, first=first)


def _base_products(account: Account) -> Sequence[Product]:
    if account.customer.qualification == Customer.Qualification.NONPROFIT:
        return products.FOR_NONPROFITS
    return products.SMALL if account.chance.random() < 0.7 else products.LARGE


def _further_products(account: Account) -> Sequence[Product]:
    nonprofit = account.customer.qualification == Customer.Qualification.NONPROFIT
    return products.FOR_NONPROFITS if nonprofit else products.FURTHER


def _sell(account: Account, product: Product, at: datetime, *, first: datetime) -> Subscription:
    """Something that is bought by number, and what has become of it since; nothing is bought before `first`."""
    chance = account.chance
    begun, finish = _fate(account, product.offer, at, first)
    name = chance.choice(products.NICKNAMES) if chance.random() < 0.08 else ""
    one = account.buy(product.offer, chance.randint(product.fewest, product.most), begun, name=name)
    finish(one)
    return one


def _fate(
    account: Account, offer: Offer, at: datetime, first: datetime
) -> tuple[datetime, Callable[[Subscription], None]]:
    """When something was bought that should have been bought at `at`, and what happened to it since."""
    chance, now = account.chance, account.now
    fate = chance.random()
    if fate < 0.1:
        # It ends soon, has expired, is disabled or has been deleted.
        days = next(days for limit, days in _ENDS if fate < limit)
        ends_at = now + DAY * chance.uniform(*days)
        terms = [number for number in range(1, 7) if end_of_term(ends_at, offer.term, -number) >= first]
        if terms:
            number = chance.choice(terms)
            return end_of_term(ends_at, offer.term, -number), lambda one: live_on(one, now, renewals=number - 1)
    if fate > 0.985 and at < now - 8 * DAY:
        return at, lambda one: cancel(one, at + DAY * chance.uniform(0.1, 6.5))
    if fate > 0.955:
        return at, lambda one: _suspend_lately(account, one)
    if fate > 0.9:
        return at, lambda one: _stop_renewing(one, now)
    return at, lambda one: live_on(one, now)


# Up to which number of chance, and between how many days from now its term ends.
_ENDS: Final = ((0.035, (2, 28)), (0.06, (-28, -2)), (0.085, (-118, -32)), (0.1, (-400, -122)))


def _suspend_lately(account: Account, one: Subscription) -> None:
    live_on(one, account.now)
    suspend(one, _between(max(one.term_begun_at, account.now - 60 * DAY), account.now, account.chance))


def _stop_renewing(one: Subscription, now: datetime) -> None:
    """It goes on to the end of its term, which has not come yet, and no further."""
    live_on(one, now)
    one.auto_renew = False


def _try(account: Account, product: Product, first: datetime) -> None:
    """A trial of the last months: it goes on, or has ended in some way."""
    at = max(first, account.now - DAY * account.chance.uniform(1, 140))
    live_on(account.buy(product.offer, product.fewest, at), account.now)


def _extend(account: Account, base: Subscription, at: datetime, had: set[str]) -> None:
    """An add-on, if there is one for this product; bought while that was active."""
    fitting = [one for one in products.ADD_ONS if base.offer_id in one.offer.requires and one.offer.id not in had]
    if not fitting:
        return
    product = _pick(fitting, account.chance)
    had.add(product.offer.id)
    if not base.is_active and at >= min(base.status_at, base.term_ends_at or base.status_at):
        at = base.begun_at
    quantity = min(account.chance.randint(product.fewest, product.most), base.quantity)
    follow(account.buy(product.offer, quantity, at, parent=base), base)


def _sell_software(account: Account, first: datetime) -> None:
    chance = account.chance
    product = _pick(products.SOFTWARE, chance)
    at = _between(first, account.now, chance)
    given_back = chance.random() < 0.15
    canceled_at = at + min(DAY * chance.uniform(1, 25), (account.now - at) * 0.9) if given_back else None
    account.buy_software(product.offer, chance.randint(product.fewest, product.most), at, canceled_at)


def _sell_azure(account: Account, first: datetime) -> None:
    """A plan with a few Azure subscriptions, and for some of them reservations."""
    chance, now = account.chance, account.now
    at = first if chance.random() < 0.6 else _between(first, now, chance)
    plan = account.buy(CATALOG[AZURE_PLAN], 1, at)
    names = chance.sample(products.AZURE_NAMES, chance.randint(1, 3))
    azure = [account.buy(CATALOG[AZURE_SUBSCRIPTION], 1, at, parent=plan, name=name) for name in names]
    if len(azure) > 1 and chance.random() < 0.1:
        suspend(azure.pop(), _between(max(at, now - 40 * DAY), now, chance))
    for one in azure:
        if chance.random() < 0.3:
            product = _pick(products.RESERVATIONS, chance)
            shared = chance.random() < 0.3
            begun = _between(at, now, chance)
            quantity = chance.randint(product.fewest, product.most)
            account.reserve(product.offer, quantity, begun, azure=None if shared else one)


def _pick(choices: Sequence[Product], chance: random.Random) -> Product:
    return chance.choices(choices, [product.weight for product in choices])[0]


def _between(begin: datetime, end: datetime, chance: random.Random) -> datetime:
    return begin + (end - begin) * chance.random()
