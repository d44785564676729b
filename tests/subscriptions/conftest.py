import pytest

from partnercenter.directory.models import User
from subscriptions.services.license_changes import change_licenses
from tests.licensing import E3
from tests.subscribing import azure_plan, azure_subscription, subscribe
from tests.users import make_many_users


@pytest.fixture
def plan(tailspin):
    """The Azure plan of Tailspin Toys."""
    return azure_plan(tailspin)


@pytest.fixture
def shop(plan):
    """An Azure subscription of Tailspin Toys."""
    return azure_subscription(plan)


@pytest.fixture
def kim(tailspin):
    """A user of Tailspin Toys."""
    return User.objects.create_user("kim@tailspintoys.com", display_name="Kim", tenant=tailspin.tenant)


@pytest.fixture
def e3(tailspin):
    """Three seats of Tailspin Toys."""
    return subscribe(tailspin, E3, quantity=3)


@pytest.fixture
def users(tailspin):
    """Four users of Tailspin Toys, one more than there are seats."""
    return make_many_users(tailspin, 4, location="US")


@pytest.fixture
def assign(tailspin, ana, e3):
    """Give users licenses; the change."""

    def give(ids, product=e3):
        return change_licenses(tailspin, ids, assign=[product.pk], actor=ana.user)

    return give
