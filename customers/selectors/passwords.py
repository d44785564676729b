"""Whom temporary passwords are for."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from customers.models import Customer, PasswordHandout, UserImport, UserImportRow
from customers.selectors.users import people_of_partners, users_of
from partnercenter.directory.models import User


def handouts_of(customer: Customer) -> QuerySet[PasswordHandout]:
    """The selections of a customer's users for new passwords."""
    handouts = PasswordHandout.objects.filter(customer=customer).defer("user_ids")
    return handouts.select_related("customer__partner", "requested_by")


def users_without_own_password(user_import: UserImport) -> QuerySet[User]:
    """The users of a file whom temporary passwords are for: created, not deleted, never signed in.

    Whoever chose an own password by a mail, before the first sign-in, is not one of them.
    """
    created = UserImportRow.objects.filter(user_import=user_import, outcome=UserImportRow.Outcome.CREATED)
    users = User.objects.filter(id__in=created.values("user_id"), must_change_password=True)
    return users.filter(last_login=None, deleted_at=None)


def selected_without_password(handout: PasswordHandout) -> QuerySet[User]:
    """The selected users who still have to get a password.

    Whoever was given one and has not signed in since is one of them, whoever chose an own password is not.
    """
    first_time = Q(pk__in=handout.between(handout.reached, handout.total))
    again = Q(_still_without(handout), pk__in=handout.between(0, handout.reached))
    return users_of(handout.customer).filter(first_time | again).exclude(people_of_partners())


def next_without_password(handout: PasswordHandout, start: int, end: int) -> QuerySet[User]:
    """Those of them from place `start` up to `end` in their order, all of whom or none were reached before."""
    users = users_of(handout.customer).filter(pk__in=handout.between(start, end)).exclude(people_of_partners())
    return users if start >= handout.reached else users.filter(_still_without(handout))


def _still_without(handout: PasswordHandout) -> Q:
    """The condition for users who were given a password and have not signed in with it."""
    since = Q(last_login=None)
    if handout.handed_out_at:
        since |= Q(last_login__lt=handout.handed_out_at)
    return Q(since, must_change_password=True)
