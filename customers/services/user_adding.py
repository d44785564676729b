"""Adding one user to a customer."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError
from django.utils import translation
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.selectors.user_imports import taken_names, verified_domains
from customers.services.holding import organization_held
from customers.services.users import EDITABLE, USER
from partnercenter.activity.models import Deed
from partnercenter.activity.services import record
from partnercenter.directory.models import TenantRole, User
from partnercenter.directory.passwords import new_temporary_password, with_temporary_password
from partnercenter.errors import Refused


def add_user(
    customer: Customer, values: Mapping[str, str], *, principal_name: str, user_id: UUID, actor: User
) -> tuple[User, str]:
    """Create a user with a temporary password; the user and the password, which nobody can read again.

    `values` maps all names of `EDITABLE` to checked values. `user_id` was chosen before: asked for twice, there is one
    user. Raises `Refused` for an address that is taken or whose domain is not verified, and for the second time.
    """
    password = new_temporary_password()
    try:
        # No domain is removed before its user is there.
        with organization_held(customer):
            if User.objects.filter(pk=user_id).exists():
                raise Refused(_("This user was created a moment ago. If the password was not written down, reset it."))
            if why := why_not_free(customer, principal_name):
                raise Refused(why)
            user = User.objects.create(
                id=user_id,
                tenant_id=customer.tenant_id,
                principal_name=principal_name,
                email=principal_name,
                **with_temporary_password(password),
                **values,
            )
            _record(customer, user, actor)
    except IntegrityError as error:
        raise Refused(_("This user name was taken a moment ago. Choose another one.")) from error
    return user, password


def why_not_free(customer: Customer, principal_name: str) -> str:
    """Why a user of the customer cannot get this name, in lower case; empty if they can."""
    if principal_name.rpartition("@")[2] not in verified_domains(customer):
        return _("The domain of this user name is not a verified one of this customer. Choose another one.")
    taken, taken_deleted = taken_names([principal_name])
    if taken:
        return _("Another user has this user name already. Choose another one.")
    if taken_deleted:
        return _("A deleted user keeps this user name for 30 days. Restore that user, or choose another name.")
    return ""


def _record(customer: Customer, user: User, actor: User) -> None:
    details = {EDITABLE[name]: getattr(user, name) for name in EDITABLE if getattr(user, name)}
    with translation.override("en"):
        details |= {USER: user.principal_name, EDITABLE["role"]: str(TenantRole(user.role).label)}
    for deed, told in ((Deed.USER_ADDED, details), (Deed.PASSWORDS_HANDED_OUT, {USER: user.principal_name})):
        record(deed, partner=customer.partner, actor=actor, customer=customer, details=told)
