"""The small cast of all tests: a direct partner and its people, a provider, its reseller, a stranger, a customer."""

import os

import pytest
from django.test import Client
from django.utils import timezone, translation

from customers.models import Agreement, BillTo, Customer
from partnercenter.directory.models import Domain, Tenant, TenantRole, User
from partnercenter.partners.models import Partner, Staff
from partnercenter.partners.roles import Role
from relationships.models import Partnership

pytest_plugins = ["tests.servers", "tests.mailserver", "tests.transferring", "tests.campaigning", "tests.pages"]
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in the tests' thread

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _in_english():
    """Whatever language a page was asked in by the test before."""
    translation.activate("en")


@pytest.fixture(autouse=True)
def _quick_sign_in(settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "partnercenter.directory.passwords.TemporaryPasswordHasher",
    ]
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def make_partner(db):
    numbers = iter(range(1_000_000, 2_000_000))

    def make(name, *, kind=Partner.Kind.DIRECT, cloud="global", country="US", suffix="onmicrosoft.com"):
        tenant = Tenant.objects.create(name=name, cloud=cloud, country=country)
        prefix = name.lower().replace(" ", "")
        Domain.objects.create(tenant=tenant, name=f"{prefix}.{suffix}", is_primary=True)
        return Partner.objects.create(
            tenant=tenant, kind=kind, partner_id=str(next(numbers)), market=country, currency="USD"
        )

    return make


@pytest.fixture
def make_staff(db):
    def make(partner, name, *roles):
        domain = partner.tenant.domains.get(is_primary=True).name
        principal_name = f"{name.lower()}@{domain}"
        user = User.objects.create_user(
            principal_name, PASSWORD, email=principal_name, display_name=name, tenant=partner.tenant
        )
        return Staff.objects.create(user=user, partner=partner, roles=list(roles))

    return make


@pytest.fixture
def make_customer(db):
    def make(partner, name, *, domain=None, tenant=None, **fields):
        domain = domain or f"{name.lower().replace(' ', '')}.onmicrosoft.com"
        fields = {"admin_privileges_at": timezone.now()} | fields
        if tenant is None:
            tenant = Tenant.objects.create(name=name, cloud=partner.tenant.cloud, country=partner.market)
            Domain.objects.create(tenant=tenant, name=domain, is_primary=True)
        customer = Customer.objects.create(
            partner=partner,
            tenant=tenant,
            name=name,
            tenant_name=name,
            domain=domain,
            **Customer.keys(name, tenant.id, domain),
            **fields,
        )
        BillTo.objects.create(
            customer=customer,
            company_name=name,
            country="US",
            line1="1 Main Street",
            city="Redmond",
            state="WA",
            postal_code="98052",
            first_name="Casey",
            last_name="Jensen",
            email=f"casey@{domain}",
            phone="+14255550100",
        )
        Agreement.objects.create(
            customer=customer, first_name="Casey", last_name="Jensen", email=f"casey@{domain}", accepted_on="2026-01-15"
        )
        return customer

    return make


@pytest.fixture
def contoso(make_partner):
    """A direct partner."""
    return make_partner("Contoso")


@pytest.fixture
def fabrikam(make_partner):
    """A stranger: another direct partner of the same cloud."""
    return make_partner("Fabrikam")


@pytest.fixture
def northwind(make_partner):
    """An indirect provider."""
    return make_partner("Northwind", kind=Partner.Kind.PROVIDER)


@pytest.fixture
def adatum(make_partner):
    """An indirect reseller of Northwind."""
    return make_partner("Adatum", kind=Partner.Kind.RESELLER)


@pytest.fixture
def ana(contoso, make_staff):
    """Contoso's global admin."""
    return make_staff(contoso, "Ana", Role.GLOBAL_ADMIN)


@pytest.fixture
def hugo(contoso, make_staff):
    """Contoso's helpdesk agent."""
    return make_staff(contoso, "Hugo", Role.HELPDESK_AGENT)


@pytest.fixture
def uri(contoso, make_staff):
    """Contoso's user admin."""
    return make_staff(contoso, "Uri", Role.USER_ADMIN)


@pytest.fixture
def bill(contoso, make_staff):
    """Contoso's billing admin."""
    return make_staff(contoso, "Bill", Role.BILLING_ADMIN)


@pytest.fixture
def finn(fabrikam, make_staff):
    """Fabrikam's global admin: a stranger to Contoso's customers."""
    return make_staff(fabrikam, "Finn", Role.GLOBAL_ADMIN)


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
def tailspin(contoso, make_customer):
    """A customer of Contoso with two verified domains and no users."""
    customer = make_customer(contoso, "Tailspin Toys", domain="tailspintoys.onmicrosoft.com")
    Domain.objects.create(tenant=customer.tenant, name="tailspintoys.com")
    return customer


@pytest.fixture
def tara(tailspin):
    """The global admin of Tailspin Toys."""
    return User.objects.create_user(
        "tara@tailspintoys.com", display_name="Tara", tenant=tailspin.tenant, role=TenantRole.GLOBAL_ADMIN
    )


@pytest.fixture
def carla(contoso, make_customer):
    """The global admin of Litware, a customer of Contoso."""
    customer = make_customer(contoso, "Litware")
    return User.objects.create_user(
        f"carla@{customer.domain}",
        PASSWORD,
        email=f"carla@{customer.domain}",
        display_name="Carla",
        tenant=customer.tenant,
        role=TenantRole.GLOBAL_ADMIN,
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


@pytest.fixture
def browse():
    """A client signed in as a staff member or user: `browse(ana).get(…)`."""

    def sign_in(person):
        client = Client()
        client.force_login(getattr(person, "user", person))
        return client

    return sign_in
