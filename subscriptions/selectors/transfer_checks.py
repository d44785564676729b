"""What stands in the way of a transfer: the same checks before it is sent, before it is accepted, and when it moves.

Codes follow the public reference of the product (the product rules, section 9); where it has none, they are words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Agreement, Customer
from partnercenter.directory.clouds import Feature, explain_missing, market_countries, offers
from partnercenter.partners.models import Partner, Staff
from partnercenter.partners.roles import WHO_MAY, Action
from subscriptions.catalog import Kind
from subscriptions.models import Subscription, Transfer


class Level(Enum):
    """What a check says of a thing."""

    OK = "ok"
    WARNING = "warning"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Check:
    """What is wrong, and what helps."""

    sentence: Promise | str
    remedy: Promise | str
    level: Level = Level.BLOCKED


CHECKS: Final[Mapping[str, Check]] = {
    "900148": Check(
        _("The current and the new partner are the same."), _("Enter the Microsoft ID of the partner it is with now.")
    ),
    "900133": Check(
        _("The customer has no Azure plan with the new partner."), _("The new partner buys an Azure plan for it first.")
    ),
    "900132": Check(
        _("The customer's Azure plan with the new partner is not active."), _("The new partner reactivates it first.")
    ),
    "agreement": Check(
        _("The customer has not accepted the customer agreement with the new partner."),
        _("The new partner attests the agreement on the account page of the customer."),
    ),
    "relationship": Check(
        _("One of the two partners does not sell to this customer any more."),
        _("The partner requests the relationship again."),
    ),
    "market": Check(
        _("The two partners are in different markets."), _("Only a partner of the same market can take it over.")
    ),
    "cloud": Check(_("The two partners are in different clouds."), _("Nothing moves from one cloud to another.")),
    "privileges": Check(
        _("In this cloud only partners that hold delegated admin privileges take part in transfers."),
        _("The customer grants the privileges to both partners."),
    ),
    "open": Check(
        _("There is an open transfer between these two partners for this customer already."),
        _("Wait for its end, or cancel it."),
    ),
    "900150": Check(
        _("Too few people of the current partner have a role with which they may accept it."),
        _("A Global admin of the current partner gives somebody else the role Admin agent."),
        Level.WARNING,
    ),
    "900105": Check(_("It is not active."), _("The current partner reactivates it.")),
    "900104": Check(_("It is in another open transfer."), _("Wait until that one has ended.")),
    "900145": Check(
        _("The Azure subscription that this reservation is for stays."),
        _("The current partner transfers its subscription as well, or makes the reservation a shared one."),
    ),
    "currency": Check(
        _("The two partners bill in different currencies."),
        _("Reservations that are paid monthly end when the next bill would be due."),
        Level.WARNING,
    ),
    "gone": Check(_("It is not with the current partner any more."), _("Nothing is to be done.")),
    "failed": Check(
        _("Something is wrong with this thing, and it could not be moved."),
        _("It is tried again for three days. If it stays, tell whoever runs this portal its ID."),
    ),
    "left_behind": Check(
        _("A reservation for this subscription alone stays, and will be for nothing."),
        _("Choose the reservation as well."),
        Level.WARNING,
    ),
}

# The first reason why a thing cannot move: of Azure subscriptions `s`, and of reservations `r` for `s`.
_OF_SUBSCRIPTIONS: Final = """
    SELECT s.id, CASE
        WHEN s.customer_id <> %(source)s OR s.kind <> 'azure' THEN 'gone'
        WHEN s.status <> 'active' THEN '900105'
        WHEN EXISTS (
            SELECT FROM subscriptions_transferitem AS i
            WHERE i.subscription_id = s.id AND i.status = 'waiting' AND i.transfer_id IS DISTINCT FROM %(transfer)s
        ) THEN '900104'
        ELSE '' END
    FROM subscriptions_subscription AS s WHERE s.id = ANY (%(ids)s::uuid[])
"""
_OF_RESERVATIONS: Final = """
    SELECT r.id, CASE
        WHEN r.customer_id <> %(source)s THEN 'gone'
        WHEN r.status <> 'active' THEN '900105'
        WHEN EXISTS (
            SELECT FROM subscriptions_transferitem AS i
            WHERE i.reservation_id = r.id AND i.status = 'waiting' AND i.transfer_id IS DISTINCT FROM %(transfer)s
        ) THEN '900104'
        WHEN r.azure_id IS NOT NULL AND s.customer_id <> %(target)s AND NOT r.azure_id = ANY (%(together)s::uuid[])
            THEN '900145'
        ELSE '' END
    FROM subscriptions_reservation AS r LEFT JOIN subscriptions_subscription AS s ON s.id = r.azure_id
    WHERE r.id = ANY (%(ids)s::uuid[])
"""


def codes_of_subscriptions(
    source: Customer, ids: Collection[UUID], transfer: Transfer | None = None
) -> dict[UUID, str]:
    """Why each of some Azure subscriptions cannot leave an account; empty for those that can."""
    return _codes(_OF_SUBSCRIPTIONS, ids, source, transfer)


def codes_of_reservations(
    source: Customer,
    target: Customer,
    ids: Collection[UUID],
    *,
    together: Collection[UUID],
    transfer: Transfer | None = None,
) -> dict[UUID, str]:
    """Why each of some reservations cannot leave an account; empty for those that can.

    `together` are the Azure subscriptions that move with them, unless they have moved to `target` already.
    """
    return _codes(_OF_RESERVATIONS, ids, source, transfer, target=target.pk, together=[*together])


def _codes(
    sql: str, ids: Collection[UUID], source: Customer, transfer: Transfer | None, **words: Any
) -> dict[UUID, str]:
    given = {"ids": [*ids], "source": source.pk, "transfer": transfer.pk if transfer else None, **words}
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return dict(cursor.fetchall())


def too_few_accept(partner: Partner, *, at_least: int = 0) -> bool:
    """Whether fewer people of a partner can accept that something leaves it than it wants, or than `at_least`."""
    people = Staff.objects.filter(partner=partner, removed_at=None, user__blocked_at=None, user__deleted_at=None)
    able = people.filter(roles__overlap=[*WHO_MAY[Action.MANAGE_TRANSFERS]])
    return able.count() < (at_least or (2 if partner.two_accept_transfers else 1))


def codes_of_accounts(source: Customer, target: Customer, transfer: Transfer | None = None) -> list[str]:
    """Why nothing can move from one account to another; nothing where all is well. Both with their partners."""
    return codes_of_pairs([(source, target)], transfer)[0]


def codes_of_pairs(pairs: Sequence[tuple[Customer, Customer]], transfer: Transfer | None = None) -> list[list[str]]:
    """The same for each of many pairs of accounts, with as many questions as for one."""
    lacks = _lacks({target.pk for _source, target in pairs})
    others = Transfer.objects.filter(target__in=[*lacks], status__in=Transfer.OPEN)
    others = others.exclude(pk=transfer.pk) if transfer else others
    busy = {*others.values_list("source", "target")}
    return [
        ["900148"]
        if source.partner_id == target.partner_id
        else [
            *_account_codes(source, target),
            *lacks[target.pk],
            *(["open"] if (source.pk, target.pk) in busy else []),
        ]
        for source, target in pairs
    ]


def _account_codes(source: Customer, target: Customer) -> Iterator[str]:
    """Those that the accounts and their partners tell by themselves."""
    old, new = source.partner, target.partner
    if old.cloud != new.cloud:
        yield "cloud"
    elif old.market not in market_countries(new.cloud, new.market):
        yield "market"
    if not (_sells(source) and _sells(target)):
        yield "relationship"
    if not (_may_move(source) and _may_move(target)):
        yield "privileges"


def codes_of_review(transfer: Transfer) -> list[str]:
    """Why a transfer cannot be accepted as a whole; nothing where it can."""
    codes = codes_of_accounts(transfer.source, transfer.target, transfer)
    # Once the first one has accepted one more is enough, also where the first one has left meanwhile.
    too_few = transfer.proposed_by_id is None and too_few_accept(transfer.source_partner)
    return [*codes, "900150"] if too_few else codes


def codes_of_target(target: Customer) -> list[str]:
    """Those that are about the new partner's account alone, before it is known from where something comes."""
    codes = [] if _sells(target) else ["relationship"]
    codes += [] if _may_move(target) else ["privileges"]
    return [*codes, *_lacks({target.pk})[target.pk]]


def _lacks(targets: Collection[int]) -> dict[int, list[str]]:
    """What each of some accounts needs before Azure can come to it, and has not."""
    agreed = {*Agreement.objects.filter(customer__in=targets).values_list("customer", flat=True)}
    plans = Subscription.objects.filter(customer__in=targets, kind=Kind.PLAN).exclude(status__in=Subscription.ENDED)
    # Of several plans the first one counts.
    states = dict(plans.order_by("-pk").values_list("customer", "status"))
    wrong: Mapping[str | None, list[str]] = {None: ["900133"], Subscription.Status.ACTIVE: []}
    return {pk: [*([] if pk in agreed else ["agreement"]), *wrong.get(states.get(pk), ["900132"])] for pk in targets}


def _may_move(account: Customer) -> bool:
    cloud = account.partner.cloud
    return offers(cloud, Feature.TRANSFER_WITHOUT_ADMIN_RIGHTS) or account.has_admin_privileges


def _sells(account: Customer) -> bool:
    return account.ended_at is None and Customer.Relationship.CLOUD_RESELLER in account.relationships


def why_no_transfers(account: Customer) -> str:
    """Why no Azure moves to or from an account in its cloud, or not through this partner; empty where it can."""
    if account.partner.kind == Partner.Kind.RESELLER and not _sells(account):
        return str(_("Azure comes to your customers through your provider. Ask it to request the transfer."))
    cloud = account.partner.cloud
    if not offers(cloud, Feature.TRANSFER):
        return explain_missing(cloud, Feature.TRANSFER)
    if not offers(cloud, Feature.TRANSFER_WITHOUT_ADMIN_RIGHTS) and not account.has_admin_privileges:
        return explain_missing(cloud, Feature.TRANSFER_WITHOUT_ADMIN_RIGHTS)
    return ""
