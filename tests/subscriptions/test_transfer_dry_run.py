"""The dry run for the new partner, thing by thing, from the customer's agreement to the acceptance."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnercenter.partners.roles import Role
from subscriptions.models import Subscription, Transfer
from tests.subscribing import reserve
from tests.transferring import accept, agree

pytestmark = pytest.mark.django_db


def page(transfer):
    return reverse("transfers:dry_run", args=[transfer.pk])


def found(response):
    return {(one.name, one.level.value, one.code) for one in response.context["run"].findings}


def test_each_thing_is_told_with_code_and_remedy(agreed, azure, source, target, finn, browse):
    target.partner.currency = "EUR"
    target.partner.save()
    Subscription.objects.filter(pk=azure["Test"].pk).update(status="suspended")
    reserve(source, name="Shared")
    reserve(source, azure["Test"], name="For Test")
    reserve(source, azure["Web shop"], name="For Web shop")

    response = browse(finn).get(page(agreed))

    assert found(response) == {
        ("Production", "ok", ""),
        ("Web shop", "ok", ""),
        ("Test", "blocked", "900105"),
        ("For Test", "blocked", "900145"),
        ("For Web shop", "warning", "currency"),
        ("Shared", "warning", "currency"),
    }
    assert "The current partner reactivates it." in response.content.decode()


def test_once_it_was_accepted_the_page_of_the_transfer_says_more(agreed, azure, ana, finn, browse):
    accept(agreed, ana, [azure["Test"]])

    assert browse(finn).get(page(agreed)).url == reverse("transfers:transfer", args=[agreed.pk])


def test_before_the_customer_has_agreed_no_name_is_told(asked, azure, finn, browse, carla):
    client = browse(finn)
    before = client.get(page(asked), follow=True)
    agree(asked, carla)

    assert "Production" not in before.content.decode()
    assert [str(one) for one in before.context["messages"]] == ["Litware has not agreed to this transfer yet."]
    assert "Production" in client.get(page(asked)).content.decode()


def test_the_current_partner_and_the_reseller_have_no_such_page(agreed, ana, browse, adatum, make_staff):
    Transfer.objects.filter(pk=agreed.pk).update(reseller=adatum)

    for person in (ana, make_staff(adatum, "Adam", Role.GLOBAL_ADMIN)):
        client = browse(person)
        assert client.get(page(agreed)).status_code == 404
        assert page(agreed) not in client.get(reverse("transfers:transfer", args=[agreed.pk])).content.decode()


def test_thousands_of_things_cost_as_many_queries_as_a_few(
    agreed, azure, source, finn, browse, django_assert_num_queries
):
    client = browse(finn)
    reserve(source)
    client.get(page(agreed))
    with CaptureQueriesContext(connection) as few:
        client.get(page(agreed))
    for number in range(5):
        reserve(source, name=f"Another {number}")

    with django_assert_num_queries(len(few)):
        client.get(page(agreed))
