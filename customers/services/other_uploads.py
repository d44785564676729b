"""Two files that ask for the same users: one of them goes on."""

from __future__ import annotations

from django.db import transaction

from customers.models import UserImport
from customers.services.user_imports import discard_import, read_again
from partnercenter.directory.models import User


def read_instead(
    user_import: UserImport, other: UserImport, *, encoding: str, delimiter: str, actor: User
) -> UserImport:
    """Discard another file of the customer, and check this one again without it (see `read_again`).

    Raises `Refused` where one of them was started or discarded before, and if this one makes no sense when read in
    this way; then the other one stays as well.
    """
    with transaction.atomic():
        both = UserImport.objects.filter(pk__in=[user_import.pk, other.pk]).order_by("pk")
        # In one order: each of two people may press the button on a page of theirs.
        list(both.select_for_update().values_list("pk"))
        discard_import(other, actor=actor)
        return read_again(user_import, encoding=encoding, delimiter=delimiter, actor=actor)
