"""Whom temporary passwords are for."""

from __future__ import annotations

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from customers.models import Customer, PasswordHandout, UserImport, UserImportRow
from customers.selectors.users import by_keys, people_of_partners, present
from partnercenter.directory.models import User
from partnercenter.directory.passwords import TEMPORARY_PASSWORD_LIFETIME


def handouts_of(customer: Customer) -> QuerySet[PasswordHandout]:
    """The selections of a customer's users for new passwords."""
    handouts = PasswordHandout.objects.filter(customer=customer).defer("user_ids")
    return handouts.select_related("customer__partner", "requested_by")


def count_without_own_password(user_import: UserImport) -> int:
    """How many users of a file temporary passwords are for: created, not deleted, never signed in.

    Whoever chose an own password by a mail, before the first sign-in, is not one of them, nor who works for a partner.
    Each is looked up by its key: without statistics of users who were just created, a join would read them all again
    and again.
    """
    user = User.objects.filter(pk=OuterRef("user_id")).annotate(waits=never_signed_in(user_import.customer))
    return rows_created(user_import).annotate(waits=Subquery(user.values("waits")[:1])).filter(waits=True).count()


def rows_created(user_import: UserImport) -> QuerySet[UserImportRow]:
    """The rows of a file whose users were created."""
    return UserImportRow.objects.filter(user_import=user_import, outcome=UserImportRow.Outcome.CREATED)


def never_signed_in(customer: Customer) -> Q:
    """The condition for users of a file who wait for a password, the first one or another one."""
    return present(customer) & Q(must_change_password=True, last_login=None) & ~people_of_partners()


def count_selected_without_password(handout: PasswordHandout) -> int:
    """How many of the selected users still have to get a password."""
    parts = ((0, handout.reached), (handout.reached, handout.total))
    return sum(
        User.objects.filter(still_without(handout, start), pk__in=handout.between(start, end)).count()
        for start, end in parts
        if start < end
    )


def first_names(handout: PasswordHandout, count: int) -> list[str]:
    """What the first of the selected users are called, so that a person sees that these are the right ones."""
    users = by_keys(handout.ids_between(0, count)).order_by("name_key", "id")
    return list(users.values_list("display_name", flat=True))


def count_blocked(handout: PasswordHandout) -> int:
    """How many of the selected users cannot sign in even with a new password."""
    return User.objects.filter(pk__in=handout.between(0, handout.total), blocked_at__isnull=False).count()


def still_without(handout: PasswordHandout, start: int) -> Q:
    """The condition for selected users from the place `start` on who still have to get a password.

    Whoever was given one and has not signed in since is one of them, whoever chose an own password is not. Those whom
    no hand-out has reached get one whatever they have.
    """
    condition = present(handout.customer) & ~people_of_partners()
    if start < handout.reached:
        given_at = F("password_ends_at") - TEMPORARY_PASSWORD_LIFETIME
        condition &= Q(must_change_password=True) & (Q(last_login=None) | Q(last_login__lt=given_at))
    return condition
