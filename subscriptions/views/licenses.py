"""Licenses: what there is of them, and giving them to users, one or many, and taking them back."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from customers.forms.user_selection import UserSelection
from customers.models import Customer
from customers.navigation import customer_context
from customers.selectors.users import users_of
from customers.services.user_changes import AT_ONCE
from customers.views.customer_list import wants_piece
from customers.views.scope import why_not, with_users
from customers.views.user_selection import are_others, leave_for, list_address_of, with_selection
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.forms import looks_and_acts
from partnercenter.web.templatetags.web import grouped
from subscriptions.forms.licenses import LicenseChoices
from subscriptions.models import LicenseChange
from subscriptions.selectors.eligibility import Eligibility
from subscriptions.selectors.licenses import (
    headcount,
    in_order_of_names,
    latest_changes_of,
    license_counts,
    outcome_counts,
    products_in,
    products_of,
    results_of,
)
from subscriptions.services.license_changes import change_licenses, change_of_wish
from subscriptions.tables.licenses import ProductTable, changed_products

RECENT_CHANGES = 5


@allow(Action.SEE_CUSTOMERS)
@require_safe
@with_users
def licenses(request: StaffRequest, customer: Customer) -> HttpResponse:
    """What the customer has seats of, how many are left, and what was done with them last."""
    changes = list(latest_changes_of(customer, RECENT_CHANGES))
    names = products_in(changes)
    table = ProductTable(products_of(customer), request)
    context = customer_context(request, customer) | {
        "table": table,
        "changes": [(change, *changed_products(change, names)) for change in changes],
        "assign_denied": why_not(request, Action.ASSIGN_LICENSES),
        "add_denied": "" if table.records else _why_nothing_is_bought(request, customer),
    }
    return render(request, "subscriptions/licenses.html", context)


def _why_nothing_is_bought(request: StaffRequest, customer: Customer) -> str:
    return why_not(request, Action.MANAGE_SUBSCRIPTIONS) or Eligibility(customer).bars_all


@allow(Action.ASSIGN_LICENSES)
@looks_and_acts
@with_users
def assign_selected(request: StaffRequest, customer: Customer) -> HttpResponse:
    """Change the licenses of the users that were selected in the list; the address is that of the list.

    The panel or page asks; with `step=apply` it is done, and leads to what came of it. The users of an upload have a
    page that can be looked at and come back to.
    """

    def lead(change: LicenseChange) -> HttpResponse:
        page = reverse("subscriptions:license_change", args=[customer.tenant_id, change.pk])
        # The script forgets what was selected only now.
        return trigger_client_event(leave_for(request, page), "selectionDone")

    def ask_or_do(selection: UserSelection) -> HttpResponse:
        choices = _look(request, customer, selection.ids)
        others = are_others(request, selection)
        context: dict[str, Any] = {"selection": selection, "others": others and "count" in request.POST}
        change = None
        if request.POST.get("step") == "apply" and not others:
            context["problem"], change = _try(request, customer, selection.ids, choices)
        if change is None:
            return _question(request, customer, choices, context | {"then": list_address_of(request, customer)})
        return lead(change)

    # By now the address may find nobody any more.
    if there := change_of_wish(customer, actor=request.user, wish=_wish(request)):
        return lead(there)
    return with_selection(request, customer, ask_or_do, looked_at="upload" in request.GET)


@allow(Action.ASSIGN_LICENSES)
@looks_and_acts
@with_users
def user_licenses(request: StaffRequest, customer: Customer, user_id: UUID) -> HttpResponse:
    """Change the licenses of one user."""
    person = get_object_or_404(users_of(customer), pk=user_id)
    choices = _look(request, customer, (person.pk,))
    then = reverse("customers:user", args=[customer.tenant_id, person.pk])
    problem, change = "", None
    if request.method == "POST":
        problem, change = _try(request, customer, (person.pk,), choices)
    if change is not None:
        _tell(request, person, change)
        return leave_for(request, then)
    selection = UserSelection((person.pk,), is_all=False)
    context = {"person": person, "selection": selection, "problem": problem, "then": then}
    context["edit_denied"] = why_not(request, Action.MANAGE_USERS)
    return _question(request, customer, choices, context)


def _wish(request: StaffRequest) -> str:
    """What tells this wish from the next: another choice on a page that somebody came back to is another one."""
    wish = request.POST.get("wish", "")
    return wish and "\n".join((wish, *request.POST.getlist("change")))


def _look(request: StaffRequest, customer: Customer, ids: tuple[UUID, ...]) -> LicenseChoices:
    """What was chosen so far, and how it stands with each product and these users."""
    products = list(products_of(customer).order_by("name_key", "pk"))
    counts, everybody = license_counts(products, ids), headcount(customer, ids)
    return LicenseChoices(request.POST, products, counts=counts, everybody=everybody)


def _try(
    request: StaffRequest, customer: Customer, ids: tuple[UUID, ...], choices: LicenseChoices
) -> tuple[str, LicenseChange | None]:
    """Do what was chosen. What is in the way, or nothing and the change; neither where too few are available and the
    person has not agreed to that yet."""
    assign, revoke = choices.chosen("add"), choices.chosen("remove")
    if choices.are_there and not assign and not revoke:
        return _("Nothing is chosen yet. Choose a product to assign or to revoke."), None
    if not choices.are_there:
        return _("A product that you chose is not there any more. Look at the products and choose again."), None
    if choices.too_few and request.POST.get("short") != "1":
        return "", None
    users, wish = in_order_of_names(ids), _wish(request)
    try:
        return "", change_licenses(customer, users, assign=assign, revoke=revoke, actor=request.user, wish=wish)
    except Refused as refused:
        return str(refused), None


def _question(
    request: StaffRequest, customer: Customer, choices: LicenseChoices, context: dict[str, Any]
) -> HttpResponse:
    """The page or panel that asks. `context` has `selection`, `then` and what came of a first try."""
    piece, asked = wants_piece(request), request.POST.get("step") == "apply"
    context |= customer_context(request, customer) | {
        "boxes": choices.boxes,
        "can_choose": any(box.is_choice for box in choices.boxes),
        "short": choices.too_few if asked and not context.get("problem") else (),
        "nowhere": choices.everybody.nowhere,
        "url": request.get_full_path(),
        "as_job": context["selection"].count > AT_ONCE,
        "wish": request.POST.get("wish") or uuid4(),
        # A page is asked for its form alone as well, so that no answer to a form stands in the history.
        "in_panel": piece and "page" not in request.POST,
        "buy_denied": why_not(request, Action.MANAGE_SUBSCRIPTIONS),
        "add_denied": "" if choices.boxes else _why_nothing_is_bought(request, customer),
    }
    template = "subscriptions/_assign_licenses.html" if piece else "subscriptions/assign_licenses.html"
    return render(request, template, context, status=422 if context.get("problem") and not piece else 200)


def _tell(request: StaffRequest, person: User, change: LicenseChange) -> None:
    """What came of it for one user."""
    counts = outcome_counts(change)
    assigned, revoked = counts.get("assigned", 0), counts.get("revoked", 0)
    if assigned:
        sentence = ngettext("%(name)s got %(count)s license.", "%(name)s got %(count)s licenses.", assigned)
        messages.success(request, sentence % {"name": person, "count": grouped(assigned)})
    if revoked:
        sentence = ngettext("%(name)s lost %(count)s license.", "%(name)s lost %(count)s licenses.", revoked)
        messages.success(request, sentence % {"name": person, "count": grouped(revoked)})
    for result in results_of(change, only_left=True):
        words = {"product": result.subscription, "why": result.get_outcome_display()}
        messages.warning(request, _("%(product)s: %(why)s.") % words)
