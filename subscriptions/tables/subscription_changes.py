"""What came of a change of many subscriptions: in numbers, and for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import django_tables2
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partnercenter.partners.access import StaffRequest
from partnercenter.web.keyset import Order
from partnercenter.web.tables import Table
from partnercenter.web.templatetags.web import short_guid
from subscriptions.models import SubscriptionChange, SubscriptionChangeItem

Outcome = SubscriptionChangeItem.Outcome

_CHUNK: Final = 2_000
# The kind and the icon of a badge for each outcome; whatever was left looks alike.
_BADGES: Final[Mapping[str, tuple[str, str]]] = {
    Outcome.WAITING: ("info", "clock"),
    Outcome.DONE: ("good", ""),
    Outcome.SAME: ("plain", "check"),
}
RESULT_HEADER: Final[tuple[Promise, ...]] = (
    _("Subscription ID"),
    _("Subscription"),
    _("Microsoft ID"),
    _("Company name"),
    _("Result"),
)


@dataclass(frozen=True)
class Numbers:
    """How many subscriptions of a change have each outcome."""

    outcomes: Mapping[str, int]

    @property
    def each(self) -> list[tuple[Promise | str, int]]:
        """The words of each outcome that there is, and how many have it, in the order in which they are told."""
        return [(outcome.label, self.outcomes[outcome]) for outcome in Outcome if outcome in self.outcomes]

    @property
    def left(self) -> int:
        return sum(self.outcomes.get(outcome, 0) for outcome in SubscriptionChangeItem.LEFT)

    @property
    def done(self) -> int:
        return self.outcomes.get(Outcome.DONE, 0)

    @property
    def waiting(self) -> int:
        return self.outcomes.get(Outcome.WAITING, 0)


class ChangeItemTable(Table):
    """The subscriptions of a change, each with its result; of those that are not the partner's any more only the ID."""

    row_template = "subscriptions/_change_item.html"
    orders: ClassVar = {"visited": Order(("id",))}
    default_order = "visited"
    caption: ClassVar = _("Results")
    css_class: ClassVar = "changed as-cards"

    name = django_tables2.Column(verbose_name=_("Subscription"))
    customer = django_tables2.Column(verbose_name=_("Customer"))
    subscription_id = django_tables2.Column(verbose_name=_("Subscription ID"))
    outcome = django_tables2.Column(verbose_name=_("Result"))

    def __init__(
        self, items: QuerySet[SubscriptionChangeItem], request: StaffRequest, change: SubscriptionChange
    ) -> None:
        self.shows_customers = change.customer_id is None
        super().__init__(items, request, exclude=[] if self.shows_customers else ["customer"])
        for item in self.records:
            item.seen = item.subscription if is_seen(item, change) else None
            item.short_id = short_guid(item.subscription_id)
            item.badge_kind, item.badge_icon = _BADGES.get(item.outcome, ("warn", ""))


def is_seen(item: SubscriptionChangeItem, change: SubscriptionChange) -> bool:
    """Whether the partner of a change still sees this subscription."""
    subscription = item.subscription
    return subscription.partner_id == change.partner_id and subscription.customer.ended_at is None


def result_rows(items: QuerySet[SubscriptionChangeItem], change: SubscriptionChange) -> Iterator[tuple[object, ...]]:
    """A line for each subscription of a change, read with a server-side cursor."""
    words = {outcome: str(outcome.label) for outcome in Outcome}
    for item in items.iterator(chunk_size=_CHUNK):
        seen = is_seen(item, change)
        customer = item.subscription.customer
        whose = (item.subscription.name, customer.tenant_id, customer.name) if seen else ("", "", "")
        name, microsoft_id, company = whose
        yield (item.subscription_id, name, microsoft_id, company, words[Outcome(item.outcome)])
