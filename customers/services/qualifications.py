"""Changing the special qualification of a customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.models import Customer, QualificationDetails
from customers.services.holding import BUSY, hold_account
from customers.services.meanwhile import Overtaken
from partnercenter.activity.details import QUALIFICATION, SEGMENT
from partnercenter.activity.models import Deed
from partnercenter.activity.services import changes, record
from partnercenter.directory.clouds import Feature, explain_missing, offers
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from partnercenter.locks import without_long_waits

# What is stated of a qualification, and how the log calls it.
STATED: Final[Mapping[str, str]] = {
    "qualification": QUALIFICATION,
    "segment": SEGMENT,
    "website": gettext_noop("Website"),
    "validation_code": gettext_noop("Validation code"),
}
_DETAILS: Final = tuple(name for name in STATED if name != "qualification")


def change_qualification(
    customer: Customer, values: Mapping[str, str], *, seen: Mapping[str, str], actor: User
) -> bool:
    """Give a customer a special qualification, another one or none; returns whether anything is different now.

    `values` maps names of `STATED` to checked values, `seen` is what `stated` said when the person began. Raises
    `Refused`, and changes nothing, in a cloud without qualifications; `Overtaken` when somebody else changed it since.
    """
    cloud = customer.partner.cloud
    if not offers(cloud, Feature.QUALIFICATIONS):
        raise Refused(explain_missing(cloud, Feature.QUALIFICATIONS))
    with without_long_waits(BUSY):
        held = hold_account(customer)
        before = stated(held)
        changed = changes(before, values)
        if not changed:
            return False
        if before != seen:
            raise Overtaken(_("Somebody else changed the qualification a moment ago."))
        Customer.objects.filter(pk=held.pk).update(qualification=values["qualification"])
        details = {name: values[name] for name in _DETAILS}
        QualificationDetails.objects.filter(customer=held).delete()
        if any(details.values()):
            QualificationDetails.objects.create(customer=held, **details)
        record(
            Deed.QUALIFICATION_CHANGED, partner=held.partner, actor=actor, customer=held,
            details={STATED[name]: [_told(name, value) for value in pair] for name, pair in changed.items()},
        )  # fmt: skip
    return True


def stated(customer: Customer) -> dict[str, str]:
    """What is stated of a customer's qualification, by the names of `STATED`; empty where it is nothing."""
    details = QualificationDetails.objects.filter(customer=customer).first()
    found = {name: getattr(details, name) if details else "" for name in _DETAILS}
    return {"qualification": customer.qualification, **found}


def _told(name: str, value: str) -> str:
    """A value for the log: what has a label by its English one."""
    with translation.override("en"):
        if name == "qualification":
            return str(Customer.Qualification(value).label) if value else ""
        return str(QualificationDetails.Segment(value).label) if name == "segment" and value else value
