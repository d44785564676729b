"""The users of a customer: the list, and one of them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from customers.forms.users import UserSearchForm
from customers.models import Customer
from customers.navigation import customer_context
from customers.selectors.user_imports import user_imports_of
from customers.selectors.users import sign_in_of, users_of
from customers.tables.users import BADGES, UserTable
from customers.views.customer_list import wants_piece
from customers.views.scope import why_not, with_users
from partnercenter.directory.countries import country_name
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action

RECENT_UPLOADS = 5


@allow(Action.SEE_CUSTOMERS)
@require_safe
@with_users
def users(request: StaffRequest, customer: Customer) -> HttpResponse:
    """The list, and the latest uploads; htmx asks for the list alone while a person types."""
    form = UserSearchForm(request.GET, customer=customer)
    context = customer_context(request, customer) | {
        "form": form,
        "table": UserTable(form.apply(users_of(customer)), request),
        "manage_denied": why_not(request, Action.MANAGE_USERS),
    }
    if wants_piece(request):
        return render(request, "customers/_user_results.html", context)
    uploads = user_imports_of(customer)[:RECENT_UPLOADS]
    return render(request, "customers/users.html", context | {"uploads": uploads})


@allow(Action.SEE_CUSTOMERS)
@require_safe
@with_users
def user(request: StaffRequest, customer: Customer, user_id: UUID) -> HttpResponse:
    person = get_object_or_404(users_of(customer), pk=user_id)
    sign_in = sign_in_of(person)
    context = customer_context(request, customer) | {
        "person": person,
        "country": country_name(person.location),
        "sign_in": sign_in,
        "sign_in_badge": BADGES[sign_in],
    }
    return render(request, "customers/user.html", context)
