import pytest
from django.utils import timezone

from partnercenter.directory.models import Domain, Tenant, TenantRole, User
from partnercenter.partners.roles import Role
from relationships.models import Partnership
from tests.conftest import PASSWORD


@pytest.fixture
def nora(northwind, make_staff):
    """The provider's global admin."""
    return make_staff(northwind, "Nora", Role.GLOBAL_ADMIN)


@pytest.fixture
def adam(adatum, make_staff):
    """The reseller's global admin."""
    return make_staff(adatum, "Adam", Role.GLOBAL_ADMIN)


@pytest.fixture
def partnership(northwind, adatum, nora, adam):
    """Northwind and Adatum work together."""
    return Partnership.objects.create(
        provider=northwind,
        reseller=adatum,
        email="adam@adatum.onmicrosoft.com",
        language="en",
        status="active",
        invited_by=nora.user,
        accepted_at=timezone.now(),
        accepted_by=adam.user,
    )


@pytest.fixture
def proseware(db):
    """An organization that no partner serves yet."""
    tenant = Tenant.objects.create(name="Proseware", cloud="global", country="US")
    Domain.objects.create(tenant=tenant, name="proseware.onmicrosoft.com", is_primary=True)
    Domain.objects.create(tenant=tenant, name="proseware.com")
    return tenant


@pytest.fixture
def paula(proseware):
    """The global admin of Proseware."""
    return User.objects.create_user(
        "paula@proseware.com",
        PASSWORD,
        email="paula@proseware.com",
        display_name="Paula",
        first_name="Paula",
        last_name="Ruiz",
        tenant=proseware,
        role=TenantRole.GLOBAL_ADMIN,
    )
