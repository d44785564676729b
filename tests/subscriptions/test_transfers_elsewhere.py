"""Transfers in the US Government and Germany clouds: only between partners with delegated admin privileges."""

import pytest

from customers.models import Customer
from partnercenter.directory.models import TenantRole, User
from partnercenter.errors import Refused
from partnercenter.jobs.services import run_job
from partnercenter.partners.roles import Role
from subscriptions.models import Transfer
from subscriptions.services.transfer_move import retry_now
from tests.subscribing import azure_plan, azure_subscription
from tests.transferring import accept, agree, ask, owner_of

pytestmark = pytest.mark.django_db(transaction=True)
State = Transfer.Status


@pytest.fixture(params=[("usgov", "US", "onmicrosoft.us"), ("germany", "DE", "onmicrosoft.de")], ids=["US", "DE"])
def two(request, make_partner, make_customer, make_staff):
    """The accounts of two partners of a cloud for one organization, and who acts for them and for it."""
    cloud, country, suffix = request.param
    old, new = (make_partner(name, cloud=cloud, country=country, suffix=suffix) for name in ("Old", "New"))
    source = make_customer(old, "Agency", domain=f"agency.{suffix}")
    target = make_customer(new, "Agency", domain=source.domain, tenant=source.tenant)
    azure_plan(target)
    admin = User.objects.create(
        tenant=source.tenant,
        principal_name=f"carla@{source.domain}",
        display_name="Carla",
        role=TenantRole.GLOBAL_ADMIN,
    )
    people = make_staff(old, "Olga", Role.GLOBAL_ADMIN), make_staff(new, "Nils", Role.GLOBAL_ADMIN), admin
    return source, target, people


def take_privileges(account):
    Customer.objects.filter(pk=account.pk).update(admin_privileges_at=None)


def test_between_two_partners_with_privileges_azure_moves(two):
    source, target, (olga, nils, carla) = two
    one = azure_subscription(azure_plan(source), "Case files")
    transfer = ask(source, target, nils)
    agree(transfer, carla)
    accept(transfer, olga, [one])

    run_job(Transfer.objects.get().job_id)

    assert Transfer.objects.get().status == State.COMPLETE
    assert owner_of(one) == target


@pytest.mark.parametrize("lacking", [0, 1], ids=["the current partner", "the new partner"])
def test_without_privileges_of_both_nothing_is_asked_for(lacking, two):
    source, target, (_olga, nils, _carla) = two
    take_privileges(two[lacking])

    with pytest.raises(Refused, match="only partners that hold delegated admin privileges take part in transfers"):
        ask(source, target, nils)


def test_privileges_that_were_taken_back_before_the_move_keep_it_until_they_are_granted_again(two):
    source, target, (olga, nils, carla) = two
    one = azure_subscription(azure_plan(source), "Case files")
    transfer = ask(source, target, nils)
    agree(transfer, carla)
    accept(transfer, olga, [one])
    granted = target.admin_privileges_at
    take_privileges(target)
    run_job(Transfer.objects.get().job_id)

    assert [(item.status, item.code) for item in transfer.items.all()] == [("waiting", "privileges")]
    Customer.objects.filter(pk=target.pk).update(admin_privileges_at=granted)
    assert retry_now(Transfer.objects.get(), actor=nils.user) == 1
    assert owner_of(one) == target
