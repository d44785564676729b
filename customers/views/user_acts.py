"""What is done with one user of a customer."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from customers.forms.user import PasswordForm, UserForm
from customers.models import Customer
from customers.navigation import customer_context
from customers.selectors.users import is_last_admin, known_users_of, users_of
from customers.services.user_changes import Changed, change_user
from customers.services.users import edit_user, password_version_of, reset_password
from customers.views.scope import with_users
from customers.views.user_selection import licenses_lost
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.partners.access import StaffRequest, allow
from partnercenter.partners.roles import Action
from partnercenter.web.acts import act
from partnercenter.web.forms import looks_and_acts, posted

# What is said once it is done, by the name of the act.
DONE: Final = {
    "block": gettext_lazy("%(name)s cannot sign in any more, and was signed out everywhere."),
    "allow": gettext_lazy("%(name)s can sign in again."),
    "delete": gettext_lazy("%(name)s was deleted and can be restored for 30 days."),
    "restore": gettext_lazy("%(name)s is back, with the names, role and password from before."),
}
# In the session: the user for whose new password the person has just typed the own one.
CONFIRMED: Final = "password_reset_confirmed"


@allow(Action.MANAGE_USERS)
@looks_and_acts
@with_users
def edit(request: StaffRequest, customer: Customer, user_id: UUID) -> HttpResponse:
    """Change names, location and role of a user."""
    user = _found(users_of(customer), user_id)
    data, _files = posted(request)
    form = UserForm(data, user=user)
    if form.is_valid():
        try:
            seen = form.cleaned_data["seen"]
            changed = edit_user(customer, user, form.values, seen=seen, actor=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The user was saved.") if changed else _("Nothing was changed."))
            return redirect(_address(customer, user))
    context = _context(request, customer, user) | {"form": form}
    return render(request, "customers/edit_user.html", context, status=422 if form.is_bound else 200)


@allow(Action.MANAGE_USERS)
@require_POST
@with_users
def change(request: StaffRequest, customer: Customer, user_id: UUID, doing: str) -> HttpResponse:
    """Block or allow the sign-in of a user, or restore a deleted one."""
    users = known_users_of(customer) if doing == "restore" else users_of(customer)
    return _changed(request, customer, _found(users, user_id), doing)


@allow(Action.MANAGE_USERS)
@looks_and_acts
@with_users
def delete(request: StaffRequest, customer: Customer, user_id: UUID) -> HttpResponse:
    """Ask, and delete a user; the page of the user then offers to restore them."""
    user = _found(users_of(customer), user_id)
    if request.method != "POST":
        return render(request, "customers/delete_user.html", _context(request, customer, user))
    return _changed(request, customer, user, "delete")


def _changed(request: StaffRequest, customer: Customer, user: User, doing: str) -> HttpResponse:
    def told(changed: Changed) -> str:
        sentence = DONE[doing] % {"name": user}
        return f"{sentence} {licenses_lost(changed.lost)}" if changed.lost else sentence

    return act(
        request,
        lambda: change_user(customer, user, doing, actor=request.user),
        done=told,
        then=_address(customer, user),
    )


@allow(Action.MANAGE_USERS)
@looks_and_acts
@with_users
def password(request: StaffRequest, customer: Customer, user_id: UUID) -> HttpResponse:
    """Ask, and make a new temporary password, once the person has typed the own one again.

    The answer is the only page that ever shows it. Whoever has just confirmed who they are comes back to the
    question, and it is sent by itself: the page that asked for the confirmation must not show the password.
    """
    user = _found(users_of(customer), user_id)
    here = reverse("customers:reset_password", args=[customer.tenant_id, user.pk])
    if request.method != "POST":
        confirmed = request.session.pop(CONFIRMED, "") == str(user.pk)
        context = {"seen": password_version_of(user), "confirmed": confirmed}
        return render(request, "customers/reset_password.html", _context(request, customer, user) | context)
    if request.resolver_match and request.resolver_match.view_name != "customers:reset_password":
        request.session[CONFIRMED] = str(user.pk)
        messages.success(request, _("You confirmed that it is you. The password can be reset now."))
        return redirect(here)
    answer: HttpResponse = _new_password(request, customer, user)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]
def _new_password(request: StaffRequest, customer: Customer, user: User) -> HttpResponse:
    form = PasswordForm(request.POST)
    form.is_valid()
    try:
        made = reset_password(customer, user, seen=form.cleaned_data.get("seen", ""), actor=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(_address(customer, user))
    user.refresh_from_db()
    return render(request, "customers/new_password.html", _context(request, customer, user) | {"made": made})


def _found(users: QuerySet[User], user_id: UUID) -> User:
    return get_object_or_404(users, pk=user_id)


def _address(customer: Customer, user: User) -> str:
    return reverse("customers:user", args=[customer.tenant_id, user.pk])


def _context(request: StaffRequest, customer: Customer, user: User) -> dict[str, Any]:
    """What the pages about one user show of them."""
    return customer_context(request, customer) | {"person": user, "is_last_admin": is_last_admin(customer, user)}
