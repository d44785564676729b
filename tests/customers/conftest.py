import pytest

from customers.models import Tag
from customers.services.saved_views import save_view
from partnercenter.partners.roles import Role
from tests.domains import waiting_for
from tests.nameserver import name_server
from tests.uploads import FAULTY, GOOD, content_of, uploaded


@pytest.fixture
def mixed(browse, ana, tailspin):
    """A checked file with a good row and a faulty one."""
    return uploaded(browse(ana), tailspin, content_of(GOOD, FAULTY))


@pytest.fixture
def agnes(contoso, make_staff):
    """Contoso's admin agent, who may change views of colleagues."""
    return make_staff(contoso, "Agnes", Role.ADMIN_AGENT)


@pytest.fixture
def make_view():
    def make(staff, name="Toys", query="q=toys", *, shared=False):
        return save_view(staff.partner, name=name, query=query, shared=shared, actor=staff.user)

    return make


@pytest.fixture
def make_tag(contoso):
    def make(name, partner=contoso, **fields):
        tag = Tag.objects.create(partner=partner, name=name, **fields)
        tag.refresh_from_db()
        return tag

    return make


@pytest.fixture
def retail(make_tag):
    return make_tag("Retail")


@pytest.fixture
def vip(make_tag):
    return make_tag("VIP")


@pytest.fixture
def three(contoso, make_customer):
    return [make_customer(contoso, name) for name in ("Adventure Works", "Proseware", "Wingtip Toys")]


@pytest.fixture
def second_domain(tailspin):
    """The second domain of Tailspin Toys, a verified one."""
    return tailspin.tenant.domains.get(name="tailspintoys.com")


@pytest.fixture
def unproved(tailspin):
    """A domain of Tailspin Toys that waits for proof."""
    return waiting_for(tailspin)


@pytest.fixture
def wingtip(fabrikam, make_customer):
    """A customer of another partner."""
    return make_customer(fabrikam, "Wingtip Toys")


@pytest.fixture
def fabrikams_account(fabrikam, make_customer, tailspin):
    """The account that another partner has for Tailspin Toys."""
    return make_customer(fabrikam, "Tailspin of Fabrikam", domain=tailspin.domain, tenant=tailspin.tenant)


@pytest.fixture
def name_servers(settings):
    """The name server that the portal asks; what it says of each name is its `zone`."""
    with name_server(settings) as server:
        yield server
