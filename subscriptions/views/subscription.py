"""One subscription: what it is, how it stands, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from customers.models import Customer
from customers.navigation import customer_context
from customers.services.meanwhile import Overtaken
from customers.views.scope import why_not
from partnercenter.activity.selectors import history_of
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.acts import act
from partnercenter.web.forms import looks_and_acts, posted
from subscriptions.catalog import add_ons_of
from subscriptions.forms.subscription import SubscriptionForm
from subscriptions.models import Subscription
from subscriptions.selectors.families import following, suspended_with
from subscriptions.selectors.limits import Limits
from subscriptions.selectors.reservations import active_reservations_for
from subscriptions.selectors.subscriptions import living_children_of, parent_of
from subscriptions.services.subscriptions import (
    cancel_subscription,
    change_subscription,
    reactivate_subscription,
    suspend_subscription,
)
from subscriptions.views.scope import of_subscription

# Lines of the history on the page; the activity log has the rest.
NEWEST: Final = 20
# Add-ons on the page of what they extend.
MOST_ADD_ONS: Final = 50


@allow(Action.SEE_CUSTOMERS)
@require_safe
@of_subscription
def subscription(request: StaffRequest, customer: Customer, found: Subscription) -> HttpResponse:
    children = living_children_of(found, customer)[:MOST_ADD_ONS] if found.offer.is_license_based else ()
    # What a provider wrote into its log is no business of its resellers.
    history = history_of(request.partner, found.pk)
    context = _context(request, customer, found) | {
        "children": children,
        "can_have_add_ons": found.is_active and bool(add_ons_of(found.offer)),
        "history": history[:NEWEST],
    }
    return render(request, "subscriptions/subscription.html", context)


@allow(Action.MANAGE_SUBSCRIPTIONS)
@looks_and_acts
@of_subscription
def change(request: StaffRequest, customer: Customer, found: Subscription) -> HttpResponse:
    """Change quantity, name, billing, renewal, reseller and support contact, each within its limits."""
    data, _files = posted(request)
    context = _context(request, customer, found)
    form = SubscriptionForm(data, limits=context["limits"])
    if form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            changed = change_subscription(found, form.values, customer=customer, seen=seen, actor=request.user)
        except Overtaken as overtaken:
            form.see_anew(overtaken)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The subscription was saved.") if changed else _("Nothing was changed."))
            return redirect(_address(customer, found))
    status = 422 if form.is_bound else 200
    return render(request, "subscriptions/edit_subscription.html", context | {"form": form}, status=status)


@dataclass(frozen=True)
class Act:
    """Something that is asked about before it is done: the service, what it is called, and what is said afterwards."""

    service: Callable[..., None]
    why_not: Callable[[Limits], str]
    done: Promise


ACTS: Final = {
    "suspend": Act(
        suspend_subscription,
        lambda limits: limits.why_not_suspend,
        gettext_lazy("%(name)s is suspended: its users cannot work with it."),
    ),
    "reactivate": Act(
        reactivate_subscription,
        lambda limits: limits.why_not_reactivate,
        gettext_lazy("%(name)s is active again."),
    ),
    "cancel": Act(cancel_subscription, lambda limits: limits.why_not_cancel, gettext_lazy("%(name)s is canceled.")),
}


@allow(Action.MANAGE_SUBSCRIPTIONS)
@looks_and_acts
@of_subscription
def ask_and_act(request: StaffRequest, customer: Customer, found: Subscription, doing: str) -> HttpResponse:
    """Say in numbers what suspending, reactivating or canceling means, and do it."""
    acting, going_along = ACTS[doing], _going_along(found, doing)
    # What ends much more than itself asks for its name.
    named = doing != "cancel" or not going_along["children_count"]
    mistyped = not named and request.method == "POST" and request.POST.get("name", "").strip() != found.name
    if request.method == "POST" and not mistyped:
        return act(
            request,
            lambda: acting.service(found, customer=customer, actor=request.user),
            done=str(acting.done) % {"name": found},
            then=_address(customer, found),
        )
    context = _context(request, customer, found)
    context |= {
        "doing": doing,
        "act_denied": acting.why_not(context["limits"]),
        "asks_name": not named,
        "mistyped": mistyped,
        **going_along,
    }
    return render(request, "subscriptions/change_state.html", context, status=422 if mistyped else 200)


def _going_along(found: Subscription, doing: str) -> dict[str, int]:
    """How many subscriptions go along with one, and of how many reservations their subscription ends."""
    if doing == "reactivate":
        return {"children_count": len(suspended_with([found.pk]))}
    children = following([found.pk], has_ended=doing == "cancel")
    return {
        "children_count": len(children),
        "reservation_count": active_reservations_for([found.pk, *children]).count() if doing == "cancel" else 0,
    }


def _context(request: StaffRequest, customer: Customer, found: Subscription) -> dict[str, Any]:
    parent = found.parent if found.customer_id == customer.pk else parent_of(found, customer)
    return customer_context(request, customer) | {
        "subscription": found,
        "parent": parent,
        "parent_name": parent or _("what it belongs to"),
        "limits": Limits(found, customer, timezone.now()),
        "manage_denied": why_not(request, Action.MANAGE_SUBSCRIPTIONS),
    }


def _address(customer: Customer, found: Subscription) -> str:
    return reverse("subscriptions:subscription", args=[customer.tenant_id, found.pk])
