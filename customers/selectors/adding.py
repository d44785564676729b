"""Who adds companies as new customers."""

from __future__ import annotations

from django.utils.translation import gettext as _

from partnercenter.partners.models import Partner, Staff
from partnercenter.partners.roles import Action, denial


def why_never_add(partner: Partner) -> str:
    """Why a partner adds no customers itself; empty for one that does (the product rules, sections 1 and 7)."""
    if partner.kind == Partner.Kind.RESELLER:
        return _(
            "An indirect reseller serves customers through its indirect provider, which adds them for both. "
            "Ask your provider to add the customer together with you."
        )
    return ""


def why_not_add(staff: Staff) -> str:
    """Why a person adds no customers: the role, or what the partner is; empty for one who does."""
    if not staff.may(Action.ADD_CUSTOMER):
        return denial(Action.ADD_CUSTOMER)
    return why_never_add(staff.partner)
