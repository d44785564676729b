"""The users of a customer: the list, and one of them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.forms.users import UserSearchForm
from customers.models import Customer
from customers.navigation import customer_context
from customers.selectors.passwords import handouts_of
from customers.selectors.user_imports import latest_imports_of, user_imports_of
from customers.selectors.users import is_last_admin, kept_until, known_users_of, sign_in_of
from customers.tables.user_export import USER_HEADER, export_user_rows
from customers.tables.user_imports import UserImportTable
from customers.tables.users import BADGES, DeletedUserTable, UserTable
from customers.views.customer_list import wants_piece
from customers.views.scope import why_not, with_users
from partnercenter.directory.countries import country_name
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.exports import export_csv
from partnercenter.web.throttles import throttled

RECENT_UPLOADS = 5
RECENT_HANDOUTS = 20


@allow(Action.SEE_CUSTOMERS)
@throttled("search", per_minute=240, only=wants_piece, within="process")
@require_safe
@with_users
def users(request: StaffRequest, customer: Customer) -> HttpResponse:
    """The list, or with `deleted=1` that of deleted users, and the latest uploads.

    htmx asks for the list alone while a person types.
    """
    form = UserSearchForm(request.GET, customer=customer)
    table = _table_of(form)(form.found, request)
    context = customer_context(request, customer) | {
        "form": form,
        "table": table,
        "matching": form.matching,
        "manage_denied": why_not(request, Action.MANAGE_USERS),
        "export_denied": why_not(request, Action.EXPORT),
    }
    if wants_piece(request):
        return render(request, "customers/_user_results.html", context)
    uploads = () if form.deleted else latest_imports_of(customer, RECENT_UPLOADS)
    return render(request, "customers/users.html", context | {"uploads": uploads})


@allow(Action.EXPORT)
@throttled("export", per_minute=30)
@require_safe
@with_users
def export(request: StaffRequest, customer: Customer) -> HttpResponseBase:
    """The list as CSV: exactly the users that are asked for, in the order of the list."""
    form = UserSearchForm(request.GET, customer=customer)
    found = form.found.rows.none() if form.senseless else form.found.rows
    rows = _table_of(form).order_from(request.GET).sort(found)
    return export_csv(_("users-%(customer)s") % {"customer": customer}, USER_HEADER, export_user_rows(rows))


def _table_of(form: UserSearchForm) -> type[UserTable | DeletedUserTable]:
    return DeletedUserTable if form.deleted else UserTable


@allow(Action.SEE_CUSTOMERS)
@require_safe
@with_users
def deleted_users(request: StaffRequest, customer: Customer) -> HttpResponse:
    """The address of the deleted users leads to the list that shows them."""
    return redirect(reverse("customers:users", args=[customer.tenant_id]) + "?deleted=1")


@allow(Action.SEE_CUSTOMERS)
@require_safe
@with_users
def uploads(request: StaffRequest, customer: Customer) -> HttpResponse:
    """All files of users, and who was selected for new passwords: whatever was begun is found again."""
    context = customer_context(request, customer) | {
        "table": UserImportTable(user_imports_of(customer), request),
        "handouts": handouts_of(customer).order_by("-requested_at")[:RECENT_HANDOUTS],
        "manage_denied": why_not(request, Action.MANAGE_USERS),
    }
    return render(request, "customers/uploads.html", context)


@allow(Action.SEE_CUSTOMERS)
@require_safe
@with_users
def user(request: StaffRequest, customer: Customer, user_id: UUID) -> HttpResponse:
    person = get_object_or_404(known_users_of(customer), pk=user_id)
    sign_in = sign_in_of(person)
    context = customer_context(request, customer) | {
        "person": person,
        "country": country_name(person.location),
        "sign_in": sign_in,
        "sign_in_badge": BADGES[sign_in],
        "kept_until": kept_until(person),
        "is_last_admin": is_last_admin(customer, person),
        "manage_denied": why_not(request, Action.MANAGE_USERS),
    }
    return render(request, "customers/user.html", context)
