"""The left column inside one customer, and what every page of a customer needs."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partnercenter.directory.clouds import Feature
from partnercenter.partners.access import StaffRequest
from partnercenter.partners.navigation import Entry, links
from partnercenter.partners.roles import Action

SECTIONS: Final = (
    Entry("subscriptions:subscriptions", _("Subscriptions"), "cloud", Action.SEE_CUSTOMERS),
    Entry("subscriptions:transfers", _("Transfers"), "transfer", Action.SEE_CUSTOMERS, Feature.TRANSFER),
    Entry("customers:users", _("Users"), "users", Action.SEE_CUSTOMERS, Feature.USERS_AND_LICENSES),
    Entry("subscriptions:licenses", _("Licenses"), "license", Action.SEE_CUSTOMERS, Feature.USERS_AND_LICENSES),
    Entry("subscriptions:reservations", _("Reservations"), "clock", Action.SEE_CUSTOMERS),
    Entry("subscriptions:software", _("Software"), "device", Action.SEE_CUSTOMERS),
    Entry("subscriptions:orders", _("Orders"), "file", Action.SEE_CUSTOMERS),
    Entry("customers:account", _("Account"), "account", Action.SEE_CUSTOMERS),
)

# Pages that lie below a section.
_BELOW: Final = {
    "subscriptions:new": "subscriptions:subscriptions",
    "subscriptions:subscription": "subscriptions:subscriptions",
    "subscriptions:edit": "subscriptions:subscriptions",
    "subscriptions:suspend": "subscriptions:subscriptions",
    "subscriptions:reactivate": "subscriptions:subscriptions",
    "subscriptions:cancel": "subscriptions:subscriptions",
    "subscriptions:review": "subscriptions:subscriptions",
    "subscriptions:order": "subscriptions:orders",
    "customers:edit_account": "customers:account",
    "customers:agreement": "customers:account",
    "customers:qualification": "customers:account",
    "customers:customer_tags": "customers:account",
    "customers:domains": "customers:account",
    "customers:add_domain": "customers:account",
    "customers:remove_domain": "customers:account",
    "removal:remove": "customers:account",
    "customers:user": "customers:users",
    "customers:deleted_users": "customers:users",
    "customers:edit_user": "customers:users",
    "customers:delete_user": "customers:users",
    "customers:reset_password": "customers:users",
    "customers:block_users": "customers:users",
    "customers:allow_users": "customers:users",
    "customers:delete_users": "customers:users",
    "customers:restore_users": "customers:users",
    "customers:change_roles": "customers:users",
    "customers:change_locations": "customers:users",
    "customers:selected_passwords": "customers:users",
    "customers:hand_out": "customers:users",
    "customers:import_passwords": "customers:users",
    "customers:add_user": "customers:users",
    "customers:add_user_permissions": "customers:users",
    "customers:add_user_review": "customers:users",
    "customers:upload": "customers:users",
    "customers:uploads": "customers:users",
    "customers:import": "customers:users",
    "customers:import_start": "customers:users",
    "customers:import_row": "customers:users",
    "subscriptions:assign_selected": "customers:users",
    "subscriptions:user_licenses": "customers:users",
    "subscriptions:license_change": "subscriptions:licenses",
    "subscriptions:add_azure": "subscriptions:subscriptions",
    "subscriptions:roles": "subscriptions:subscriptions",
    "subscriptions:assign_role": "subscriptions:subscriptions",
    "subscriptions:remove_role": "subscriptions:subscriptions",
    "subscriptions:reservation": "subscriptions:reservations",
    "subscriptions:edit_reservation": "subscriptions:reservations",
    "subscriptions:cancel_reservation": "subscriptions:reservations",
    "subscriptions:new_transfer": "subscriptions:transfers",
    "subscriptions:cancel_software": "subscriptions:software",
    "subscriptions:suspend_selected": "subscriptions:subscriptions",
    "subscriptions:reactivate_selected": "subscriptions:subscriptions",
    "subscriptions:change_reseller": "subscriptions:subscriptions",
}


def customer_context(request: StaffRequest, customer: Customer) -> dict[str, Any]:
    """Template context of a page inside a customer: `customer` and the `sections` beside it."""
    current = request.resolver_match.view_name if request.resolver_match else ""
    sections = links(SECTIONS, request.staff, _BELOW.get(current, current), microsoft_id=customer.tenant_id)
    return {"customer": customer, "sections": list(sections)}
