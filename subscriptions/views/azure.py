"""Azure subscriptions under a plan, and the roles in one of them."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.models import Customer
from customers.navigation import customer_context
from customers.selectors.users import ORDERS, UsersFound, users_of
from customers.views.scope import why_not
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.acts import act
from partnercenter.web.forms import looks_and_acts, posted
from partnercenter.web.unsent import typed_before
from subscriptions.forms.azure import AzureForm, RoleForm, SearchForm
from subscriptions.models import RoleAssignment, Subscription
from subscriptions.selectors.azure import (
    foreign_principals,
    has_roles,
    roles_of,
    why_no_azure,
    why_no_roles,
    why_no_users,
)
from subscriptions.selectors.limits import Limits
from subscriptions.services import azure as services
from subscriptions.tables.roles import RoleTable
from subscriptions.views.scope import of_subscription

# So many users are shown to choose from; a search finds the others.
FOUND: Final = 20


@allow(Action.MANAGE_SUBSCRIPTIONS)
@looks_and_acts
@of_subscription
def add(request: StaffRequest, customer: Customer, plan: Subscription) -> HttpResponse:
    """Add an Azure subscription under a plan; its own page follows."""
    if not plan.is_plan:
        raise Http404
    data, _files = posted(request)
    form = AzureForm(data, typed=None if data else typed_before(request))
    if form.is_valid():
        name, wish = form.cleaned_data["name"], form.cleaned_data["wish"]
        try:
            added = services.add_azure_subscription(plan, name, wish=wish, customer=customer, actor=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("%(name)s was added. Give its people their roles now.") % {"name": added})
            return redirect(_address(customer, added))
    context = customer_context(request, customer) | {
        "plan": plan,
        "form": form,
        "add_denied": why_no_azure(Limits(plan, customer, timezone.now())),
    }
    return render(request, "subscriptions/add_azure.html", context, status=422 if form.is_bound else 200)


@allow(Action.SEE_CUSTOMERS)
@require_safe
@of_subscription
def roles(request: StaffRequest, customer: Customer, found: Subscription) -> HttpResponse:
    """All who have a role; the page of the subscription shows the first ones."""
    context = _context(request, customer, found)
    return render(request, "subscriptions/roles.html", context | {"table": RoleTable(roles_of(found), request)})


@allow(Action.MANAGE_SUBSCRIPTIONS)
@looks_and_acts
@of_subscription
def assign(request: StaffRequest, customer: Customer, found: Subscription) -> HttpResponse:
    """Give a role to a partner, or to a user that `q` finds."""
    context = _context(request, customer, found)
    search, users_denied = SearchForm(request.GET, label=_("Search users")), why_no_users(customer)
    searched = UsersFound(users_of(customer), search.text)
    users = [] if users_denied else searched.take(ORDERS["name"], None, FOUND + 1)
    partners = foreign_principals(found, customer.partner)
    data, _files = posted(request)
    typed = None if data else typed_before(request)
    form = RoleForm(data, customer=customer, partners=partners, users=users[:FOUND], typed=typed)
    if form.is_valid():
        principal, role = form.cleaned_data["principal"], form.cleaned_data["role"]
        try:
            created = services.assign_role(found, principal, role, customer=customer, actor=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            told = {"name": principal, "role": RoleAssignment.Role(role).label}
            if created:
                messages.success(request, _("%(name)s has the role %(role)s now.") % told)
            else:
                messages.info(request, _("%(name)s has the role %(role)s already.") % told)
            return redirect(_address(customer, found))
    context |= {
        "form": form,
        "search": search,
        "users_denied": users_denied,
        "found": len(users),
        "more": len(users) > FOUND,
    }
    return render(request, "subscriptions/assign_role.html", context, status=422 if form.is_bound else 200)


@allow(Action.MANAGE_SUBSCRIPTIONS)
@looks_and_acts
@of_subscription
def remove(request: StaffRequest, customer: Customer, found: Subscription, assignment_id: UUID) -> HttpResponse:
    """Ask, and remove a role; of one that somebody has removed meanwhile a sentence says so."""
    context = _context(request, customer, found)
    assignment = roles_of(found).filter(pk=assignment_id).first()
    if assignment is None:
        messages.info(request, _("This role is not assigned any more."))
        return redirect(_address(customer, found))
    if request.method != "POST":
        context |= _what_removing_means(assignment, found, customer)
        return render(request, "subscriptions/remove_role.html", context)
    told = {"name": assignment.principal, "role": assignment.get_role_display()}
    return act(
        request,
        lambda: services.remove_role(assignment, customer=customer, actor=request.user),
        done=_("%(name)s has the role %(role)s no more.") % told,
        then=_address(customer, found),
    )


def _what_removing_means(assignment: RoleAssignment, found: Subscription, customer: Customer) -> dict[str, Any]:
    others = roles_of(found).exclude(pk=assignment.pk)
    own = assignment.partner_id == customer.partner_id
    partner = assignment.partner
    return {
        "assignment": assignment,
        "loses_access": own and not others.filter(partner=partner).exists(),
        "can_return": partner in foreign_principals(found, customer.partner) if partner else not why_no_users(customer),
        "is_last": not others.exists(),
    }


def _context(request: StaffRequest, customer: Customer, found: Subscription) -> dict[str, Any]:
    """What pages about roles need; there are none of a subscription in which nobody has a role."""
    if not has_roles(found):
        raise Http404
    denied = why_not(request, Action.MANAGE_SUBSCRIPTIONS)
    return customer_context(request, customer) | {
        "subscription": found,
        "roles_denied": denied or why_no_roles(Limits(found, customer, timezone.now())),
    }


def _address(customer: Customer, found: Subscription) -> str:
    return reverse("subscriptions:subscription", args=[customer.tenant_id, found.pk])
