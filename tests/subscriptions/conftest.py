import pytest

from partnercenter.directory.models import User
from tests.subscribing import azure_plan, azure_subscription


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
