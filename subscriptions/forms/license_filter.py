"""The list of users by the licenses that they have; `USER_FILTERS` in the settings names it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.user_filters import UserFilter
from customers.models import Customer
from partnercenter.directory.models import User
from subscriptions.selectors.licenses import holders_of, products_of, without_license

# What an address says for users who have no license.
NONE: Final = "none"
# What stands before a product for users who have no license of it.
WITHOUT: Final = "without-"


class LicenseFilter(UserFilter):
    """Users who have a license of one product of this account, or have none of it, or none of any."""

    def __init__(self, customer: Customer) -> None:
        super().__init__(customer, label=gettext_lazy("License"), choices=self._choices)

    @cached_property
    def _products(self) -> list[tuple[str, str]]:
        """Asked for once in a form, and only where somebody sees them or has chosen one."""
        products = products_of(self.customer).order_by("name_key", "pk").values_list("pk", "name")
        return [(str(pk), name) for pk, name in products]

    def _choices(self) -> list[tuple[str, str]]:
        without = [(WITHOUT + pk, _("Without %(product)s") % {"product": name}) for pk, name in self._products]
        return [("", _("All licenses")), (NONE, _("No license")), *self._products, *without]

    def narrow(self, users: QuerySet[User], value: str) -> QuerySet[User]:
        if value == NONE:
            return without_license(users, [UUID(pk) for pk, _name in self._products])
        if value.startswith(WITHOUT):
            return without_license(users, [UUID(value.removeprefix(WITHOUT))])
        return holders_of(users, UUID(value))
