"""Removing the relationship with a customer: what stands in the way, what it means, and doing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from customers.models import Customer
from customers.navigation import customer_context
from customers.selectors.customers import customers_of, former_customers_of
from customers.views.customer_list import wants_piece
from customers.views.scope import why_not
from partnercenter.errors import Refused
from partnercenter.jobs.models import Job
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.acts import act
from partnercenter.web.forms import looks_and_acts, posted
from partnercenter.web.templatetags.web import grouped
from partnercenter.web.unsent import typed_before
from relationships.forms.removal import RemovalForm
from relationships.selectors.obstacles import Obstacle, obstacles_of
from relationships.selectors.removal import consequences_of
from relationships.services.removal import remove_relationship, why_not_at_all
from subscriptions.models import Subscription, SubscriptionChange
from subscriptions.selectors.subscriptions import sold_through
from subscriptions.services.reservations import cancel_all_reservations
from subscriptions.services.software import cancel_all_software
from subscriptions.services.subscription_changes import start_subscription_change
from subscriptions.views.scope import customer_of, of_customer


@allow(Action.REMOVE_RELATIONSHIP)
@looks_and_acts
def remove(request: StaffRequest, microsoft_id: UUID) -> HttpResponse:
    """Say what stands in the way; once nothing does, say what the removal means, ask, and do it.

    As long as a job runs, htmx asks again for what stands in the way. Who sends it twice is told that it is done.
    """
    if request.method == "POST" and former_customers_of(request.partner).filter(tenant_id=microsoft_id).exists():
        messages.info(request, _("The relationship with this customer has ended already. This is its history."))
        return redirect("former:customer", microsoft_id)
    return _asked(request, customer_of(request.partner, microsoft_id))


def _asked(request: StaffRequest, customer: Customer) -> HttpResponse:
    context = customer_context(request, customer)
    if denied := why_not_at_all(customer):
        status = 422 if request.method == "POST" else 200
        return render(request, "relationships/remove.html", context | {"removal_denied": denied}, status=status)
    obstacles = obstacles_of(customer, timezone.now())
    context |= _in_the_way(request, obstacles)
    if wants_piece(request) and request.method != "POST":
        page = "relationships/_obstacles.html"
        return render(request, page, context) if obstacles else HttpResponseClientRefresh()
    if obstacles:
        return _not_yet(request, context)
    data, _files = posted(request)
    form = RemovalForm(data, customer=customer, typed=None if data else typed_before(request))
    if form.is_valid():
        answer: HttpResponse = _removed(request, customer, form.cleaned_data["reason"])
        return answer
    context |= {"form": form, "consequences": consequences_of(customer)}
    return render(request, "relationships/remove.html", context, status=422 if form.is_bound else 200)


def _not_yet(request: StaffRequest, context: dict[str, Any]) -> HttpResponse:
    if request.method != "POST":
        return render(request, "relationships/remove.html", context)
    messages.error(request, _("The relationship was not removed: something stands in the way by now."))
    return render(request, "relationships/remove.html", context, status=422)


def _in_the_way(request: StaffRequest, obstacles: list[Obstacle]) -> dict[str, Any]:
    """What the list of obstacles needs: whoever sent a job to suspend does not send another one meanwhile."""
    jobs = [job for obstacle in obstacles for job in obstacle.jobs]
    return {
        "obstacles": obstacles,
        "lasting": next((obstacle for obstacle in obstacles if obstacle.lasting), None),
        "is_live": bool(jobs),
        "suspending": any(job.kind == Job.Kind.SUSPEND_SUBSCRIPTIONS for job in jobs),
        "manage_denied": why_not(request, Action.MANAGE_SUBSCRIPTIONS),
        "wish": uuid4(),
    }


@reauthentication_required  # type: ignore[untyped-decorator]
def _removed(request: StaffRequest, customer: Customer, reason: str) -> HttpResponse:
    """End it, once the person has typed the own password again."""
    try:
        remove_relationship(customer, reason=reason, actor=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("removal:remove", customer.tenant_id)
    if customers_of(request.partner).filter(pk=customer.pk).exists():
        sentence = _("You no longer sell to %(name)s. You still serve it through %(provider)s.")
        messages.success(request, sentence % {"name": customer, "provider": customer.provider})
        return redirect("customers:account", customer.tenant_id)
    sentence = _("The relationship with %(name)s has ended. The history stays readable among the former customers.")
    messages.success(request, sentence % {"name": customer})
    return redirect("customers:list")


@allow(Action.MANAGE_SUBSCRIPTIONS)
@require_POST
@of_customer
def suspend_all(request: StaffRequest, customer: Customer) -> HttpResponse:
    """Let a job suspend everything that is active; the page shows how far it is."""
    active = sold_through(customer).filter(status=Subscription.Status.ACTIVE)

    def start() -> SubscriptionChange:
        if not active.exists():
            raise Refused(_("No subscription is active any more."))
        wish = request.POST.get("wish", "")
        suspend = SubscriptionChange.Act.SUSPEND
        return start_subscription_change(
            request.partner, active, suspend, customer=customer, actor=request.user, wish=wish
        )

    def told(change: SubscriptionChange) -> str:
        number = change.job.total
        sentence = ngettext("A job suspends %(count)s subscription.", "A job suspends %(count)s subscriptions.", number)
        return sentence % {"count": grouped(number)}

    return act(request, start, done=told, then=_page(customer))


@allow(Action.MANAGE_SUBSCRIPTIONS)
@require_POST
@of_customer
def cancel_reservations(request: StaffRequest, customer: Customer) -> HttpResponse:
    """Cancel the reservations that are within their days of regret."""

    def told(number: int) -> str:
        sentence = ngettext("%(count)s reservation is canceled.", "%(count)s reservations are canceled.", number)
        return sentence % {"count": grouped(number)}

    return act(request, lambda: cancel_all_reservations(customer, actor=request.user), done=told, then=_page(customer))


@allow(Action.MANAGE_SUBSCRIPTIONS)
@require_POST
@of_customer
def cancel_software(request: StaffRequest, customer: Customer) -> HttpResponse:
    """Give the software back that is not older than 30 days."""

    def told(number: int) -> str:
        sentence = ngettext("%(count)s purchase is canceled.", "%(count)s purchases are canceled.", number)
        return sentence % {"count": grouped(number)}

    return act(request, lambda: cancel_all_software(customer, actor=request.user), done=told, then=_page(customer))


def _page(customer: Customer) -> str:
    return reverse("removal:remove", args=[customer.tenant_id])
