"""Handing out temporary passwords: of a file of users, or of selected ones; as a file, or as slips to print."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.forms.passwords import PasswordsForm
from customers.models import Customer
from customers.navigation import customer_context
from customers.selectors.passwords import (
    count_blocked,
    count_selected_without_password,
    count_without_own_password,
    first_names,
    handouts_of,
)
from customers.selectors.user_imports import user_imports_of
from customers.services.passwords import HandedOut, hand_out_passwords, hand_out_to_selected
from customers.tables.user_imports import PASSWORD_HEADER
from customers.views.scope import with_users
from partnercenter.directory.passwords import TEMPORARY_PASSWORD_LIFETIME
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.exports import export_csv
from partnercenter.web.forms import looks_and_acts
from partnercenter.web.templatetags.web import grouped
from partnercenter.web.throttles import throttled

# So many users are called by their names.
FIRST_NAMES: Final = 5
# More slips than this are no page that a browser prints well; a file has no such limit.
MOST_SLIPS: Final = 2_000
# In the session: for whose passwords the person has just typed the own one, and in which form they come.
CONFIRMED: Final = "passwords_confirmed"


@dataclass(frozen=True)
class Group:
    """Users who get passwords together: how many wait, the service that makes them, and the page that offers it."""

    pk: UUID
    waiting: Callable[[], int]
    hand_out: Callable[[datetime | None], Iterator[HandedOut]]
    page: str


@allow(Action.MANAGE_USERS)
@throttled("passwords", per_minute=30, method="POST")
@looks_and_acts
@with_users
def import_passwords(request: StaffRequest, customer: Customer, import_id: UUID) -> HttpResponseBase:
    """Passwords for the users of a file, once the person has typed the own password again."""
    user_import = get_object_or_404(user_imports_of(customer), pk=import_id)
    group = Group(
        import_id,
        lambda: count_without_own_password(user_import),
        lambda seen: hand_out_passwords(user_import, seen=seen, actor=request.user),
        reverse("customers:import", args=[customer.tenant_id, import_id]),
    )
    return _handed_out(request, customer, group, "customers:import_passwords")


@allow(Action.MANAGE_USERS)
@require_safe
@with_users
def selected_passwords(request: StaffRequest, customer: Customer, handout_id: UUID) -> HttpResponseBase:
    """Which users were selected for new passwords, and what was handed out to them."""
    handout = get_object_or_404(handouts_of(customer), pk=handout_id)
    context = customer_context(request, customer) | {
        "handout": handout,
        "waiting": count_selected_without_password(handout),
        "names": first_names(handout, FIRST_NAMES),
        "more": max(0, handout.total - FIRST_NAMES),
        "blocked": count_blocked(handout),
        "most_slips": MOST_SLIPS,
        "confirmed": confirmed_format(request, handout_id),
    }
    return render(request, "customers/selected_passwords.html", context)


@allow(Action.MANAGE_USERS)
@throttled("passwords", per_minute=30, method="POST")
@looks_and_acts
@with_users
def hand_out(request: StaffRequest, customer: Customer, handout_id: UUID) -> HttpResponseBase:
    """New passwords for the selected users, once the person has typed the own password again."""
    handout = get_object_or_404(handouts_of(customer), pk=handout_id)
    group = Group(
        handout_id,
        lambda: count_selected_without_password(handout),
        lambda seen: hand_out_to_selected(handout, seen=seen, actor=request.user),
        reverse("customers:selected_passwords", args=[customer.tenant_id, handout_id]),
    )
    return _handed_out(request, customer, group, "customers:hand_out")


def confirmed_format(request: StaffRequest, pk: UUID) -> str:
    """The form in which passwords of this group come, if the person has just confirmed that; the page sends it once."""
    confirmed = request.session.get(CONFIRMED, {})
    if confirmed.get("of") != str(pk):
        return ""
    del request.session[CONFIRMED]
    return str(confirmed["format"])


def _handed_out(request: StaffRequest, customer: Customer, group: Group, view_name: str) -> HttpResponseBase:
    """The passwords of a group.

    Looking at the address leads to the page where the button is. So does the confirmation, be it by password, code or
    passkey: a file as its answer would leave the person on the page that asks for it.
    """
    if request.method != "POST":
        return redirect(group.page)
    if request.resolver_match and request.resolver_match.view_name != view_name:
        form = _form(request)
        request.session[CONFIRMED] = {"of": str(group.pk), "format": "slips" if form.wants_slips else "csv"}
        messages.success(request, _("You confirmed that it is you. The passwords can be downloaded now."))
        return redirect(group.page)
    answer: HttpResponseBase = _passwords(request, customer, group)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]
def _passwords(request: StaffRequest, customer: Customer, group: Group) -> HttpResponseBase:
    form = _form(request)
    try:
        if form.wants_slips:
            _refuse_many_slips(group)
        passwords = group.hand_out(form.cleaned_data.get("seen"))
        if form.wants_slips:
            return render(request, "customers/slips.html", _slips(request, customer, group, passwords))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(group.page)
    return export_csv(_("passwords-%(customer)s") % {"customer": customer}, PASSWORD_HEADER, passwords)


def _refuse_many_slips(group: Group) -> None:
    if group.waiting() > MOST_SLIPS:
        sentence = _("At most %(limit)s slips can be printed at once. Download the passwords as a file.")
        raise Refused(sentence % {"limit": grouped(MOST_SLIPS)})


def _form(request: StaffRequest) -> PasswordsForm:
    form = PasswordsForm(request.POST)
    form.is_valid()
    return form


def _slips(request: StaffRequest, customer: Customer, group: Group, passwords: Iterator[HandedOut]) -> dict[str, Any]:
    return customer_context(request, customer) | {
        "slips": list(passwords),
        "ends_at": timezone.now() + TEMPORARY_PASSWORD_LIFETIME,
        "sign_in_url": request.build_absolute_uri(reverse("account_login")),
        "back": group.page,
    }
