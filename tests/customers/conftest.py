import pytest

from customers.models import Tag
from customers.services.saved_views import save_view
from partnercenter.partners.roles import Role
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
