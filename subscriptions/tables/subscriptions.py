"""Lists of subscriptions: of one customer, or of all customers of a partner."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import django_tables2
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.selectors.filter_choices import names_of
from partnercenter.partners.access import StaffRequest
from partnercenter.partners.roles import Action
from partnercenter.web.keyset import Order, Source
from partnercenter.web.tables import Table
from partnercenter.web.templatetags.web import badge, grouped, short_guid
from subscriptions.catalog import Cycle, Kind
from subscriptions.models import Subscription
from subscriptions.selectors.badges import STATE_BADGES
from subscriptions.selectors.families import ends_with
from subscriptions.selectors.subscription_list import BY_END, accounts_called, names_of_subscriptions
from subscriptions.selectors.subscriptions import ORDERS

Status = Subscription.Status


class SubscriptionTable(Table):
    """Subscriptions of one customer, or of all where none is given, as one person looks at them.

    Only who may change subscriptions selects some, of those that this account sold; a provider sees the resellers.
    """

    row_template = "subscriptions/_subscription_row.html"
    row_texts = (
        "id",
        "short_id",
        "pick",
        "url",
        "name",
        "more",
        "customer",
        "customer_url",
        "quantity",
        "state",
        "billing",
        "term",
        "reseller",
    )
    orders: ClassVar[Mapping[str, Order]] = ORDERS
    default_order = "name"
    caption = gettext_lazy("Subscriptions")
    css_class = "subscriptions as-cards"

    select = django_tables2.Column(verbose_name=gettext_lazy("Select"))
    name = django_tables2.Column(verbose_name=gettext_lazy("Subscription"))
    customer = django_tables2.Column(verbose_name=gettext_lazy("Customer"))
    subscription_id = django_tables2.Column(verbose_name=gettext_lazy("Subscription ID"))
    quantity = django_tables2.Column(verbose_name=gettext_lazy("Quantity"))
    state = django_tables2.Column(verbose_name=gettext_lazy("Status"))
    billing = django_tables2.Column(verbose_name=gettext_lazy("Billing"))
    term = django_tables2.Column(verbose_name=gettext_lazy("Term"))
    reseller = django_tables2.Column(verbose_name=gettext_lazy("Reseller"))

    def __init__(self, found: Source[Subscription], request: StaffRequest, customer: Customer | None = None) -> None:
        self.account, self.partner = customer, request.partner
        self.may_select = request.staff.may(Action.MANAGE_SUBSCRIPTIONS)
        self.shows_customers, self.shows_resellers = customer is None, request.partner.is_provider
        shown = {"select": self.may_select, "customer": self.shows_customers, "reseller": self.shows_resellers}
        super().__init__(found, request, exclude=[name for name, is_shown in shown.items() if not is_shown])
        self._ask_for_names()
        self._badges = {status: badge(kind, status.label) for status, kind in STATE_BADGES.items()}
        self._cycles = {value: str(label) for value, label in Cycle.choices}

    def _ask_for_names(self) -> None:
        """What stands in the rows of others' names, each asked for once."""
        children = [one for one in self.records if one.parent_id]
        self._parents = names_of_subscriptions(self.partner, (one.parent_id for one in children)) if children else {}
        self._ending = ends_with([one.pk for one in children]) if children else {}
        accounts = {one.customer_id for one in self.records} if self.shows_customers else set()
        self._accounts = accounts_called(accounts) if accounts else {}
        resellers = {one.reseller_id for one in self.records} - {None} if self.shows_resellers else set()
        self._resellers = names_of(resellers) if resellers else {}

    def texts_of(self, one: Subscription) -> dict[str, str]:
        """What the row of a subscription shows; nothing where it has none."""
        guid, (customer_url, customer) = str(one.pk), self._customer_of(one)
        return {
            "id": guid,
            "short_id": short_guid(guid),
            "pick": self._pick(one),
            "url": f"{customer_url}subscriptions/{guid}/" if customer_url else f"{guid}/",
            "name": one.name,
            "more": self._more(one),
            "customer": customer,
            "customer_url": customer_url,
            "quantity": _quantity(one),
            "state": self._badges[Status(one.status)] + _since_and_until(one),
            "billing": self._cycles.get(one.billing_cycle, ""),
            "term": _term(one, is_renewed=one.auto_renew and one.pk not in self._ending),
            "reseller": self._resellers.get(one.reseller_id, ""),
        }

    def _customer_of(self, one: Subscription) -> tuple[str, str]:
        """The address and the name of whose it is, where that has to be said."""
        if not self.shows_customers:
            return "", ""
        microsoft_id, name = self._accounts[one.customer_id]
        return f"/customers/{microsoft_id}/", name

    def _pick(self, one: Subscription) -> SafeString:
        """The box of a subscription that can be changed from here."""
        sold_here = one.customer_id == self.account.pk if self.account else one.partner_id == self.partner.pk
        if not sold_here:
            return SafeString("")
        box = '<input type="checkbox" name="ids" value="{}" form="selection" autocomplete="off" aria-label="{}">'
        return format_html(box, one.pk, _("Select %(name)s") % {"name": one.name})

    def _more(self, one: Subscription) -> SafeString:
        """The product where people call it otherwise, and what it belongs to."""
        words = [one.offer.name] if one.offer.name != one.name else []
        if one.parent_id in self._parents:
            sentence = _("Under %(name)s") if one.kind == Kind.AZURE else _("Add-on of %(name)s")
            words.append(sentence % {"name": self._parents[one.parent_id]})
        return format_html('<div class="caption muted">{}</div>', " · ".join(words)) if words else SafeString("")


class EndingTable(SubscriptionTable):
    """Those that come to the end of their term, the next one first."""

    orders: ClassVar = {"term": BY_END}
    default_order = "term"


def _quantity(one: Subscription) -> str:
    """How many there are; where they are assigned to users, how many of them are."""
    if not one.offer.is_license_based:
        return ""
    if not one.offer.is_assigned:
        return grouped(one.quantity)
    assigned = _("%(count)s assigned") % {"count": grouped(one.assigned)}
    return format_html('{}<div class="caption muted">{}</div>', grouped(one.quantity), assigned)


def _since_and_until(one: Subscription) -> SafeString:
    """Since when it is in a state other than active, and what comes next."""
    days = {"since": _day(one.status_at), "until": _day(one.due_at)}
    if one.status == Status.ACTIVE:
        return SafeString("")
    if one.status == Status.EXPIRED and one.due_at:
        words = _("disabled on %(until)s")
    elif one.status == Status.DISABLED and one.due_at:
        words = _("deleted on %(until)s")
    elif one.status == Status.SUSPENDED and one.due_at:
        words = _("since %(since)s, disabled on %(until)s")
    else:
        words = _("since %(since)s")
    return format_html('<div class="caption muted">{}</div>', words % days)


def _term(one: Subscription, *, is_renewed: bool) -> str:
    """When it is renewed or ends."""
    if one.term_ends_at is None or one.has_ended:
        return ""
    if one.status in (Status.EXPIRED, Status.DISABLED):
        words = _("Ended on %(day)s")
    else:
        words = _("Renews on %(day)s") if one.is_active and is_renewed else _("Ends on %(day)s")
    return words % {"day": _day(one.term_ends_at)}


def _day(moment: datetime | None) -> str:
    return date_format(localtime(moment), "SHORT_DATE_FORMAT") if moment else ""
