"""Adding one user in three steps: who, permissions, check your answers. The session keeps what was typed."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID, uuid4

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from customers.forms.user import RoleForm, WhoForm, principal_name_of
from customers.models import Customer
from customers.navigation import customer_context
from customers.selectors.users import has_user
from customers.services.user_adding import add_user
from customers.services.users import EDITABLE
from customers.views.scope import with_users
from partnercenter.directory.countries import country_name
from partnercenter.directory.models import TenantRole, User
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.forms import looks_and_acts, posted

STEPS: Final = (
    ("customers:add_user", _lazy("Who")),
    ("customers:add_user_permissions", _lazy("Permissions")),
    ("customers:add_user_review", _lazy("Check your answers")),
)
WHO, PERMISSIONS, REVIEW = (name for name, _label in STEPS)
# In the draft: the person has just typed the own password for this.
CONFIRMED: Final = "confirmed"


@allow(Action.MANAGE_USERS)
@looks_and_acts
@with_users
def who(request: StaffRequest, customer: Customer) -> HttpResponse:
    """The names of the new user."""
    draft = _draft(request, customer)
    data, _files = posted(request)
    form = WhoForm(data, customer=customer, initial=draft.get("who"))
    if form.is_valid():
        draft.setdefault("user_id", str(uuid4()))
        _keep(request, customer, draft | {"who": form.cleaned_data})
        return redirect(REVIEW if "permissions" in draft else PERMISSIONS, customer.tenant_id)
    context = _context(request, customer, 0) | {"form": form}
    return render(request, "customers/add_user.html", context, status=422 if form.is_bound else 200)


@allow(Action.MANAGE_USERS)
@looks_and_acts
@with_users
def permissions(request: StaffRequest, customer: Customer) -> HttpResponse:
    """Where the new user is, and the role."""
    draft = _draft(request, customer)
    if "who" not in draft:
        return redirect(WHO, customer.tenant_id)
    data, _files = posted(request)
    usual = {"location": customer.tenant.country, "role": TenantRole.USER}
    form = RoleForm(data, initial=draft.get("permissions", usual))
    if form.is_valid():
        _keep(request, customer, draft | {"permissions": form.cleaned_data})
        return redirect(REVIEW, customer.tenant_id)
    context = _context(request, customer, 1) | {"form": form}
    return render(request, "customers/add_user_permissions.html", context, status=422 if form.is_bound else 200)


@allow(Action.MANAGE_USERS)
@looks_and_acts
@with_users
def review(request: StaffRequest, customer: Customer) -> HttpResponse:
    """All that was typed, to be checked; then the user is created, once the person has typed the own password.

    Whoever has just confirmed who they are comes back here, and it is sent by itself.
    """
    draft = _draft(request, customer)
    if "permissions" not in draft:
        if request.method == "POST":
            messages.error(request, _("Nothing waits to be created. A user that you just created is in the list."))
        return redirect("customers:users" if request.method == "POST" else WHO, customer.tenant_id)
    if request.method != "POST":
        confirmed = draft.pop(CONFIRMED, False)
        if confirmed:
            _keep(request, customer, draft)
        return render(request, "customers/add_user_review.html", _answers(request, customer, draft, confirmed))
    if request.POST.get("seen") != _fingerprint(draft):
        messages.error(request, _("What you typed was changed in another window. Check your answers again."))
        return redirect(REVIEW, customer.tenant_id)
    if request.resolver_match and request.resolver_match.view_name != REVIEW:
        _keep(request, customer, draft | {CONFIRMED: True})
        messages.success(request, _("You confirmed that it is you. The user can be created now."))
        return redirect(REVIEW, customer.tenant_id)
    answer: HttpResponse = _create(request, customer, draft)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]
def _create(request: StaffRequest, customer: Customer, draft: dict[str, Any]) -> HttpResponse:
    said = draft["who"] | draft["permissions"]
    user_id = UUID(draft["user_id"])
    values = {name: said[name] for name in EDITABLE}
    try:
        made: tuple[User, str] = add_user(
            customer, values, principal_name=principal_name_of(said), user_id=user_id, actor=request.user
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(REVIEW, customer.tenant_id)
    request.session.pop(_key(customer), None)
    user, password = made
    context = customer_context(request, customer) | {"person": user, "made": password}
    return render(request, "customers/user_added.html", context)


def _key(customer: Customer) -> str:
    return f"new_user_{customer.tenant_id}"


def _draft(request: StaffRequest, customer: Customer) -> dict[str, Any]:
    """What was typed so far; nothing of a user that exists by now."""
    draft: dict[str, Any] = dict(request.session.get(_key(customer), {}))
    if "user_id" in draft and has_user(customer, draft["user_id"]):
        return {}
    return draft


def _fingerprint(draft: dict[str, Any]) -> str:
    """A short text that is another one as soon as anything that was typed is."""
    typed = json.dumps([draft["user_id"], draft["who"], draft["permissions"]], sort_keys=True)
    return salted_hmac("new user", typed, algorithm="sha256").hexdigest()[:32]


def _keep(request: StaffRequest, customer: Customer, draft: dict[str, Any]) -> None:
    request.session[_key(customer)] = draft


def _answers(request: StaffRequest, customer: Customer, draft: dict[str, Any], confirmed: bool) -> dict[str, Any]:
    said = draft["who"] | draft["permissions"]
    return _context(request, customer, 2) | {
        "said": said,
        "seen": _fingerprint(draft),
        "principal_name": principal_name_of(said),
        "country": country_name(said["location"]),
        "role": TenantRole(said["role"]).label,
        "confirmed": confirmed,
    }


def _context(request: StaffRequest, customer: Customer, current: int) -> dict[str, Any]:
    states = ["done"] * current + ["current"] + ["next"] * len(STEPS)
    steps = [
        {"label": label, "state": state, "url": reverse(name, args=[customer.tenant_id])}
        for (name, label), state in zip(STEPS, states, strict=False)
    ]
    return customer_context(request, customer) | {"steps": steps, "previous": steps[max(0, current - 1)]["url"]}
