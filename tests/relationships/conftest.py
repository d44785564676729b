import pytest


@pytest.fixture
def shared(make_customer, northwind, adatum):
    """Northwind's customer Proseware, which Adatum serves through it: both accounts."""
    account = make_customer(northwind, "Proseware", reseller=adatum)
    served = make_customer(
        adatum,
        "Proseware",
        tenant=account.tenant,
        domain=account.domain,
        provider=northwind,
        relationships=["indirect_reseller"],
    )
    return account, served
