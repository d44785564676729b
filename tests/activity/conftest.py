"""Lines of logs."""

import pytest

from partnercenter.activity.models import Activity, Deed


@pytest.fixture
def log(contoso):
    """Write a line into a log, Contoso's unless another one is given."""

    def write(deed=Deed.ACCOUNT_CHANGED, *, partner=contoso, customer=None, actor=None, details=None, at=None):
        return Activity.objects.create(
            partner=partner,
            customer_id=customer.tenant_id if customer else None,
            customer_name=customer.name if customer else "",
            actor=actor.user if actor else None,
            actor_name=actor.user.principal_name if actor else "",
            deed=deed,
            details=details or {},
            **({"at": at} if at else {}),
        )

    return write
