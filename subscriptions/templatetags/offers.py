"""What templates say of offers."""

from __future__ import annotations

from django.template import Library
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from partnercenter.activity.details import Detail, details_of
from partnercenter.activity.models import Activity
from partnercenter.web.templatetags.web import badge
from subscriptions.catalog import Offer
from subscriptions.models import Reservation, SoftwarePurchase, Subscription
from subscriptions.selectors.badges import badge_of
from subscriptions.selectors.eligibility import bases_of
from subscriptions.services.history import RESERVATION, SOFTWARE, SUBSCRIPTION

register = Library()


@register.simple_tag
def for_whom(offer: Offer) -> str:
    """Who may buy an offer, where not everybody may."""
    if offer.qualification:
        qualified = Customer.Qualification(offer.qualification).label
        return _("Customers with the special qualification “%(qualification)s”") % {"qualification": qualified}
    if offer.requires:
        return _("Customers with a product that it extends")
    return _("Once for each customer") if offer.is_trial else _("Everybody")


@register.filter
def bases(offer: Offer) -> list[Offer]:
    """The products of which a customer needs one in order to buy an offer."""
    return bases_of(offer)


@register.simple_tag
def state_badge(bought: Subscription | Reservation | SoftwarePurchase) -> SafeString:
    """The state of a subscription, a reservation or a purchase of software."""
    return badge(badge_of(bought), bought.get_status_display())


@register.filter
def told_details(line: Activity) -> list[Detail]:
    """What a line of the log tells in the history of a thing, in the reader's language; its name need not be said."""
    names = [_(name) for name in (SUBSCRIPTION, RESERVATION, SOFTWARE)]
    return [detail for detail in details_of(line) if detail.label not in names]


@register.simple_tag
def term(text: str) -> str:
    """How long a term is, in words; a dash for what has no end."""
    if not text:
        return "–"
    count = int(text[1:-1])
    sentences = {
        "Y": ngettext("%(count)d year", "%(count)d years", count),
        "M": ngettext("%(count)d month", "%(count)d months", count),
        "D": ngettext("%(count)d day", "%(count)d days", count),
    }
    return sentences[text[-1]] % {"count": count}
