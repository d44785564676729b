"""Whom temporary passwords are for."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Q, QuerySet

from customers.models import Customer, PasswordHandout, UserImport, UserImportRow
from customers.selectors.users import people_of_partners, users_of
from partnercenter.directory.models import User
from partnercenter.directory.passwords import TEMPORARY_PASSWORD_LIFETIME


def handouts_of(customer: Customer) -> QuerySet[PasswordHandout]:
    """The selections of a customer's users for new passwords."""
    handouts = PasswordHandout.objects.filter(customer=customer).defer("user_ids")
    return handouts.select_related("customer__partner", "requested_by")


def users_without_own_password(user_import: UserImport) -> QuerySet[User]:
    """The users of a file whom temporary passwords are for: created, not deleted, never signed in.

    Whoever chose an own password by a mail, before the first sign-in, is not one of them, nor who works for a partner.
    """
    return _never_signed_in(user_import.customer).filter(id__in=_created(user_import).values("user_id"))


def users_of_rows(user_import: UserImport, after: int, size: int) -> tuple[list[UUID], QuerySet[User]]:
    """The users of the next `size` rows beyond the row `after`: ids in the order of the file, and whom of them a
    password is for."""
    rows = _created(user_import).filter(number__gt=after, number__lte=after + size)
    ids = list(rows.order_by("number").values_list("user_id", flat=True))
    return ids, _never_signed_in(user_import.customer).filter(id__in=rows.values("user_id"))


def _created(user_import: UserImport) -> QuerySet[UserImportRow]:
    return UserImportRow.objects.filter(user_import=user_import, outcome=UserImportRow.Outcome.CREATED)


def _never_signed_in(customer: Customer) -> QuerySet[User]:
    return users_of(customer).filter(must_change_password=True, last_login=None).exclude(people_of_partners())


def count_selected_without_password(handout: PasswordHandout) -> int:
    """How many of the selected users still have to get a password.

    Whoever was given one and has not signed in since is one of them, whoever chose an own password is not.
    """
    parts = ((0, handout.reached), (handout.reached, handout.total))
    return sum(selected_users(handout, start, end)[1].count() for start, end in parts if start < end)


def selected_users(handout: PasswordHandout, start: int, end: int) -> tuple[list[UUID], QuerySet[User]]:
    """The selected users from place `start` up to `end`, all of whom or none were reached before: ids in their order,
    and whom of them a password is for."""
    users = users_of(handout.customer).filter(pk__in=handout.between(start, end)).exclude(people_of_partners())
    return handout.ids_between(start, end), users if start >= handout.reached else users.filter(_still_without())


def _still_without() -> Q:
    """The condition for users who were given a password and have not signed in with it."""
    given_at = F("password_ends_at") - TEMPORARY_PASSWORD_LIFETIME
    return Q(must_change_password=True) & (Q(last_login=None) | Q(last_login__lt=given_at))
