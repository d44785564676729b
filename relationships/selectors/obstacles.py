"""What stands in the way of removing a relationship (the product rules, section 7): a function for each kind of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, F, Max, Q, Sum
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from partnercenter.directory.clouds import Feature, offers
from partnercenter.jobs.models import Job
from partnercenter.jobs.selectors import open_jobs_of
from partnercenter.web.templatetags.web import grouped
from subscriptions.catalog import CATALOG
from subscriptions.models import Reservation, Subscription, Transfer
from subscriptions.selectors.reservations import is_regretted, reservations_of
from subscriptions.selectors.software import cancelable_software
from subscriptions.selectors.subscriptions import sold_through
from subscriptions.selectors.transfers import transfers_of_customer

# Reservations that run on are named one by one up to here; their list has the rest.
NAMED: Final = 5


@dataclass(frozen=True)
class Obstacle:
    """Things of one kind that stand in the way.

    `sentence` says how many there are, `means` what becomes of them, in sentences; `url` is where they are listed.
    `act` is the name of the URL that clears `clearable` of them at once, `button` its words; both are empty where that
    is not possible. Of running work each one is in `jobs`. `lasting` of them cannot be cleared by anybody now: they
    stand in the way until `lasts_until`, unless they leave by a transfer, for which `transfers_url` is the place.
    """

    sentence: str
    url: str = ""
    means: tuple[str, ...] = ()
    act: str = ""
    button: str = ""
    clearable: int = 0
    jobs: tuple[Job, ...] = ()
    lasting: int = 0
    lasts_until: datetime | None = None
    transfers_url: str = ""


def active_subscriptions(customer: Customer, now: datetime) -> Obstacle | None:
    """What users still work with: it has to be suspended. Only what was sold through this account counts."""
    active = sold_through(customer).filter(status=Subscription.Status.ACTIVE)
    found = list(active.order_by().values_list("offer_id").annotate(count=Count("pk"), seats=Sum("assigned")))
    count, seats = (sum(row[column] for row in found) for column in (1, 2))
    billed = sum(number for offer_id, number, _seats in found if CATALOG[offer_id].new_commerce)
    if not count:
        return None
    means = [
        ngettext(
            "%(count)s license is in use: its user cannot work with it any more.",
            "%(count)s licenses are in use: their users cannot work with them any more.",
            seats,
        )
        % {"count": grouped(seats)}
        if seats
        else "",
        ngettext(
            "%(count)s subscription is still billed while it is suspended.",
            "%(count)s subscriptions are still billed while they are suspended.",
            billed,
        )
        % {"count": grouped(billed)}
        if billed
        else "",
        _("A suspension can be undone until the relationship is removed."),
    ]
    return Obstacle(
        sentence=ngettext("%(count)s subscription is active.", "%(count)s subscriptions are active.", count)
        % {"count": grouped(count)},
        url=reverse("subscriptions:subscriptions", args=[customer.tenant_id]) + "?state=active",
        means=tuple(filter(None, means)),
        act="removal:suspend_all",
        button=ngettext("Suspend %(count)s subscription", "Suspend all %(count)s subscriptions", count)
        % {"count": grouped(count)},
        clearable=count,
    )


def active_reservations(customer: Customer, now: datetime) -> Obstacle | None:
    """Azure capacity that runs on: within 7 days it is canceled, afterwards it ends by itself or moves elsewhere."""
    active = reservations_of(customer).filter(status=Reservation.Status.ACTIVE)
    young = is_regretted(now)
    numbers = active.order_by().aggregate(
        count=Count("pk"), young=Count("pk", filter=young), last=Max("ends_at", filter=~young)
    )
    count, clearable = numbers["count"], numbers["young"]
    if not count:
        return None
    means = []
    if clearable:
        young_ones = ngettext(
            "%(count)s is not older than 7 days and can be canceled, which cannot be undone.",
            "%(count)s are not older than 7 days and can be canceled, which cannot be undone.",
            clearable,
        )
        means.append(young_ones % {"count": grouped(clearable)})
    if clearable < count:
        means += _running_on(list(active.exclude(young).order_by("ends_at", "pk")[:NAMED]), count - clearable)
    return Obstacle(
        sentence=ngettext("%(count)s reservation is active.", "%(count)s reservations are active.", count)
        % {"count": grouped(count)},
        url=reverse("subscriptions:reservations", args=[customer.tenant_id]) + "?state=active",
        means=tuple(means),
        act="removal:cancel_reservations" if clearable else "",
        button=ngettext("Cancel %(count)s reservation", "Cancel %(count)s reservations", clearable)
        % {"count": grouped(clearable)},
        clearable=clearable,
        lasting=count - clearable,
        lasts_until=numbers["last"],
        transfers_url=_transfers_of(customer) if clearable < count else "",
    )


def _transfers_of(customer: Customer) -> str:
    """Where what a customer has in Azure goes to another partner; empty in a cloud in which it cannot."""
    if not offers(customer.partner.cloud, Feature.TRANSFER):
        return ""
    return reverse("subscriptions:transfers", args=[customer.tenant_id])


def _running_on(first: list[Reservation], count: int) -> list[str]:
    """What becomes of reservations that nobody can cancel any more: the days on which they end."""
    said = [
        ngettext(
            "%(count)s is older than 7 days and cannot be canceled any more. It runs to the end of its term, or moves "
            "to another partner by a transfer.",
            "%(count)s are older than 7 days and cannot be canceled any more. They run to the end of their terms, or "
            "move to another partner by a transfer.",
            count,
        )
        % {"count": grouped(count)}
    ]
    for one in first:
        day = formats.date_format(timezone.localtime(one.ends_at), "DATE_FORMAT")
        said.append(_("%(name)s ends on %(day)s.") % {"name": one, "day": day})
    if count > len(first):
        more = count - len(first)
        said.append(
            ngettext("%(count)s more ends later.", "%(count)s more end later.", more) % {"count": grouped(more)}
        )
    return said


def cancelable_purchases(customer: Customer, now: datetime) -> Obstacle | None:
    """Software that can still be given back; what is older is paid, stays the customer's and stands in nobody's way."""
    count = cancelable_software(customer, now).count()
    if not count:
        return None
    return Obstacle(
        sentence=ngettext(
            "%(count)s software purchase can still be canceled.",
            "%(count)s software purchases can still be canceled.",
            count,
        )
        % {"count": grouped(count)},
        url=reverse("subscriptions:software", args=[customer.tenant_id]) + "?state=purchased",
        means=(
            _("The customer gets the money back and loses the licenses. That cannot be undone."),
            _("Once a purchase is older than 30 days it stays the customer's, and is no longer in the way."),
        ),
        act="removal:cancel_software",
        button=ngettext("Cancel %(count)s purchase", "Cancel all %(count)s purchases", count)
        % {"count": grouped(count)},
        clearable=count,
    )


def running_jobs(customer: Customer, now: datetime) -> Obstacle | None:
    """Work on this customer that goes on: users that are created, licenses and subscriptions that change."""
    jobs = open_jobs_of(customer.partner).filter(customer=customer.tenant_id)
    found = tuple(jobs.order_by(F("created_at"), "id"))
    if not found:
        return None
    return Obstacle(
        sentence=ngettext("%(count)s job is running.", "%(count)s jobs are running.", len(found))
        % {"count": grouped(len(found))},
        url=reverse("jobs:list"),
        means=(_("Wait until it has ended, or cancel it on its page. This page notices by itself."),),
        jobs=found,
    )


def open_transfers(customer: Customer, now: datetime) -> Obstacle | None:
    """Azure on its way to this account or from it, as far as this partner may know of it."""
    involved = transfers_of_customer(customer).filter(Q(source=customer) | Q(target=customer))
    found = list(involved.filter(status__in=Transfer.OPEN).values_list("pk", flat=True))
    if not found:
        return None
    count, page = len(found), reverse("subscriptions:transfers", args=[customer.tenant_id])
    return Obstacle(
        sentence=ngettext("%(count)s transfer is open.", "%(count)s transfers are open.", count)
        % {"count": grouped(count)},
        url=reverse("transfers:transfer", args=found) if count == 1 else page,
        means=(_("Cancel or decline it, or wait until it has ended. What moves goes to its end in any case."),),
    )


# In the order in which they are told.
KINDS: Final[tuple[Callable[[Customer, datetime], Obstacle | None], ...]] = (
    running_jobs,
    open_transfers,
    active_subscriptions,
    active_reservations,
    cancelable_purchases,
)


def obstacles_of(customer: Customer, now: datetime) -> list[Obstacle]:
    """Everything that stands in the way of removing a relationship at a moment; a question or two for each kind.

    What nobody can clear now comes first.
    """
    found = [obstacle for kind in KINDS if (obstacle := kind(customer, now))]
    return sorted(found, key=lambda obstacle: not obstacle.lasting)
