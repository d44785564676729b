"""The people of a customer read who serves their organization, what each may do, and who did before."""

import re

import pytest
from django.utils import timezone

from customers.models import Customer
from partnercenter.directory.models import TenantRole, User
from relationships.services.removal import remove_relationship
from subscriptions.models import RoleAssignment
from tests.subscribing import azure_plan, azure_subscription

PAGE = "/my/partners/"


def words_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def litware(carla, contoso):
    return Customer.objects.get(partner=contoso, tenant=carla.tenant)


def test_what_each_partner_may_do_is_said_in_plain_words(litware, carla, contoso, browse):
    azure = azure_subscription(azure_plan(litware))
    RoleAssignment.objects.create(subscription=azure, partner=contoso, role="owner")
    RoleAssignment.objects.create(subscription=azure, partner=contoso, role="reader")

    words = words_of(browse(carla).get(PAGE))

    for told in (
        "Contoso",
        "Direct partner",
        "Cloud Reseller",
        "Sell subscriptions, reservations, and software to your organization",
        "Manage your users, their passwords and licenses, and your domains",
        "in which it holds 2 roles.",
    ):
        assert told in words


def test_the_microsoft_id_of_a_partner_is_there_to_be_copied(litware, carla, contoso, browse):
    assert f'data-copy="{contoso.pk}"' in browse(carla).get(PAGE).content.decode()


def test_a_partner_without_privileges_cannot_administer(litware, carla, browse):
    Customer.objects.update(admin_privileges_ended_at=timezone.now())

    words = words_of(browse(carla).get(PAGE))

    assert "It cannot administer your services" in words
    assert "It holds no role in your Azure subscriptions." in words


def test_without_privileges_the_azure_roles_are_left_and_said_before(litware, carla, contoso, browse):
    azure = azure_subscription(azure_plan(litware))
    RoleAssignment.objects.create(subscription=azure, partner=contoso, role="owner")
    client = browse(carla)

    before = words_of(client.get(f"/my/partners/{contoso.pk}/privileges/"))
    Customer.objects.update(admin_privileges_ended_at=timezone.now())
    words = words_of(client.get(PAGE))

    assert "Contoso keeps 1 role in your Azure subscriptions. Who owns an Azure subscription can take it away" in before
    assert "Apart from its roles in Azure it cannot administer your services" in words
    assert "in which it holds 1 role." in words


def test_a_reseller_looks_after_what_its_provider_sells(carla, browse, northwind, adatum, make_customer):
    tenant = carla.tenant
    make_customer(northwind, "Litware", tenant=tenant, reseller=adatum)
    make_customer(adatum, "Litware", tenant=tenant, provider=northwind, relationships=["indirect_reseller"])

    words = words_of(browse(carla).get(PAGE))

    assert "see what Northwind sold to you through it" in words
    assert "Serves you together with Adatum" in words


def test_partners_of_before_are_there_with_the_roles_they_still_hold(litware, carla, contoso, ana, browse):
    azure = azure_subscription(azure_plan(litware, status="suspended"), status="suspended")
    RoleAssignment.objects.create(subscription=azure, partner=contoso, role="owner")
    remove_relationship(litware, reason="A secret of Contoso", actor=ana.user)

    response = browse(carla).get(PAGE)

    words = words_of(response)
    assert "No partner serves your organization at the moment." in words
    assert "Partners of before" in words
    assert [served.roles for served in response.context["before"]] == [1]
    assert "A secret of Contoso" not in words


def test_somebody_without_a_role_reads_it_too(litware, browse):
    kim = User.objects.create_user(
        "kim@litware.onmicrosoft.com", display_name="Kim", tenant=litware.tenant, role=TenantRole.USER
    )

    assert "Contoso" in words_of(browse(kim).get(PAGE))


def test_the_own_page_leads_there(carla, litware, browse):
    assert f'href="{PAGE}"' in browse(carla).get("/my/").content.decode()


@pytest.mark.parametrize(("cloud", "suffix"), [("usgov", "onmicrosoft.us"), ("germany", "onmicrosoft.de")])
def test_in_other_clouds_users_are_not_managed_here(cloud, suffix, make_partner, make_customer, browse):
    partner = make_partner("Federal", cloud=cloud, suffix=suffix)
    agency = make_customer(partner, "Agency", domain=f"agency.{suffix}")
    user = User.objects.create_user(f"amy@agency.{suffix}", display_name="Amy", tenant=agency.tenant)

    words = words_of(browse(user).get(PAGE))

    assert "Administer your services: it has delegated admin privileges." in words
    assert "Manage your users" not in words


def test_somebody_of_no_organization_gets_an_explanation(db, browse):
    operator = User.objects.create_user("root@portal.example", display_name="Root")

    assert "You belong to no organization" in words_of(browse(operator).get(PAGE))


def test_many_partners_cost_as_many_questions_as_one(
    litware, carla, browse, make_partner, make_customer, django_assert_max_num_queries
):
    for number in range(6):
        make_customer(make_partner(f"Partner {number}"), "Litware", tenant=carla.tenant)
    client = browse(carla)
    client.get(PAGE)

    with django_assert_max_num_queries(8):
        client.get(PAGE)
