"""Changing a customer's account."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from customers.models import BillTo, Customer
from customers.selectors.domains import verified_names
from customers.services.holding import hold_account
from partnercenter.activity.models import Deed
from partnercenter.activity.services import changes, record
from partnercenter.directory.models import User
from partnercenter.errors import Refused

# What of a bill-to address can be changed; its country is that of the customer's organization.
EDITABLE = tuple(field.name for field in BillTo._meta.fields if field.name not in ("customer", "country"))


class ChangedMeanwhile(Refused):
    """Somebody else saved this account after the person who saves now had opened it."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else changed this account a moment ago. Look at it and try again."))


def update_account(customer: Customer, values: Mapping[str, str], *, version: int, actor: User) -> bool:
    """Save new bill-to values; returns whether anything is different now.

    `values` maps names of `EDITABLE` to checked values, `version` is the version of the account that the person
    saw. A new company name also becomes the name in the list, and nothing else (the product rules, section 6).
    Raises `ChangedMeanwhile`, and changes nothing, when the account has another version by now.
    """
    with transaction.atomic():
        held = hold_account(customer)
        if held.version != version:
            raise ChangedMeanwhile
        bill_to = BillTo.objects.get(pk=held.pk)
        changed = changes(bill_to_values(bill_to), values)
        if not changed:
            return False
        BillTo.objects.filter(pk=held.pk).update(**values)
        name = values.get("company_name", held.name)
        keys = Customer.keys(name, held.tenant_id, *verified_names(held.tenant_id))
        Customer.objects.filter(pk=held.pk).update(name=name, version=version + 1, **keys)
        record(Deed.ACCOUNT_CHANGED, partner=held.partner, actor=actor, customer=held, details=_named(changed))
    return True


def take_name(customer: Customer, *, actor: User) -> None:
    """Take over the name that the customer gave itself, for bills and for the list.

    Raises `ChangedMeanwhile` when somebody else changed the account since this row was read.
    """
    with transaction.atomic():
        name = customer.tenant.name
        update_account(customer, {"company_name": name}, version=customer.version, actor=actor)
        Customer.objects.filter(pk=customer.pk).update(tenant_name=name)


def bill_to_values(bill_to: BillTo) -> dict[str, str]:
    """The editable values of a bill-to address, by name."""
    return {name: getattr(bill_to, name) for name in EDITABLE}


def _named(changed: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The same changes under the English names of their fields, which the log translates for its reader."""
    with translation.override("en"):
        return {str(BillTo._meta.get_field(name).verbose_name): values for name, values in changed.items()}  # type: ignore[union-attr]
