"""A relationship begins with a new account, or with the one that an organization had before."""

import pytest
from django.utils import timezone

from customers.models import Customer
from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from partnercenter.notifications.models import Notification
from partnercenter.partners.models import Partner
from relationships.services.beginning import Beginning, begin_relationship

NOW = timezone.now()


@pytest.fixture
def begin(paula):
    def begun(partner, *, reseller=None, with_privileges=True):
        bill_to = {
            "company_name": "Proseware",
            "country": "US",
            "first_name": "Paula",
            "last_name": "Ruiz",
            "email": "paula@proseware.com",
        }
        beginning = Beginning(partner, paula.tenant, with_privileges, bill_to, timezone.now(), reseller)
        return begin_relationship(beginning, actor=paula)

    return begun


def end(account):
    Customer.objects.filter(pk=account.pk).update(ended_at=timezone.now(), admin_privileges_ended_at=timezone.now())


def test_an_organization_becomes_a_customer(begin, contoso):
    account = begin(contoso)

    account.refresh_from_db()
    assert (account.name, account.domain, account.relationships) == (
        "Proseware",
        "proseware.onmicrosoft.com",
        ["cloud_reseller"],
    )
    assert account.has_admin_privileges
    assert account.bill_to.email == "paula@proseware.com"
    assert "proseware.com" in account.search_text


def test_without_privileges_none_are_granted(begin, contoso):
    assert not begin(contoso, with_privileges=False).has_admin_privileges


def test_who_comes_back_has_the_account_of_before(begin, contoso):
    before = begin(contoso)
    Customer.objects.filter(pk=before.pk).update(name="Proseware Inc.", tag_ids=[1])
    end(before)

    account = begin(contoso, with_privileges=False)

    account.refresh_from_db()
    assert (account.pk, account.name, account.ended_at, account.tag_ids) == (before.pk, "Proseware Inc.", None, [1])
    assert account.begun_at > before.begun_at
    assert not account.has_admin_privileges


def test_a_customer_that_is_there_gets_the_privileges_back(begin, contoso):
    before = begin(contoso, with_privileges=False)

    account = begin(contoso)

    assert account.pk == before.pk
    assert account.has_admin_privileges
    assert account.begun_at == before.begun_at


def test_privileges_that_are_there_are_not_lost_by_a_request_without_them(begin, contoso):
    begin(contoso)

    assert begin(contoso, with_privileges=False).has_admin_privileges


def test_a_provider_and_its_reseller_begin_together(begin, northwind, adatum, adam):
    account = begin(northwind, reseller=adatum)

    served = Customer.objects.get(partner=adatum)
    assert account.reseller == adatum
    assert (served.provider, served.relationships, served.tenant) == (northwind, ["indirect_reseller"], account.tenant)
    assert served.has_admin_privileges
    assert [line.deed for line in Activity.objects.filter(partner=adatum)] == [Deed.RELATIONSHIP_BEGUN]
    assert str(Notification.objects.get(user=adam.user)) == "Northwind made you the reseller of Proseware."


def test_beginning_twice_tells_the_reseller_once(begin, northwind, adatum, adam):
    begin(northwind, reseller=adatum)
    begin(northwind, reseller=adatum)

    assert Notification.objects.filter(user=adam.user).count() == 1


def test_a_reseller_that_serves_it_directly_serves_it_both_ways(begin, northwind, adatum):
    begin(adatum)

    begin(northwind, reseller=adatum)

    assert Customer.objects.get(partner=adatum).relationships == ["cloud_reseller", "indirect_reseller"]


def test_a_reseller_serves_an_organization_through_one_provider(begin, make_partner, northwind, adatum):
    begin(northwind, reseller=adatum)
    other = make_partner("Trey", kind=Partner.Kind.PROVIDER)

    with pytest.raises(Refused, match="through another provider"):
        begin(other, reseller=adatum)


def test_the_reseller_that_serves_it_already_gets_the_privileges_as_well(begin, northwind, adatum, adam):
    begin(northwind, reseller=adatum, with_privileges=False)

    begin(northwind, reseller=adatum)

    assert [account.has_admin_privileges for account in Customer.objects.all()] == [True, True]
    assert Notification.objects.filter(user=adam.user).count() == 1


def test_another_reseller_takes_the_place_of_the_one_before(begin, make_partner, make_staff, northwind, adatum, adam):
    begin(northwind, reseller=adatum)
    wingtip = make_partner("Wingtip", kind=Partner.Kind.RESELLER)

    account = begin(northwind, reseller=wingtip)

    before = Customer.objects.get(partner=adatum)
    assert (account.reseller, before.ended_at is None) == (wingtip, False)
    assert Customer.objects.get(partner=wingtip).provider == northwind
    assert [line.deed for line in Activity.objects.filter(partner=adatum).order_by("pk")] == [
        Deed.RELATIONSHIP_BEGUN,
        Deed.RELATIONSHIP_ENDED,
    ]
    assert Notification.objects.filter(user=adam.user, kind="relationship_ended").count() == 1
