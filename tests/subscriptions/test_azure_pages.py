"""The pages of a plan and of its Azure subscriptions: add one, see, give and take roles."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Agreement
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.partners.roles import Action, denial
from subscriptions.models import RoleAssignment, Subscription
from subscriptions.services.azure import welcome_partner
from tests.subscribing import azure_plan, azure_subscription, reserve, subscribe


def page(subscription, name="subscription", *more):
    customer = subscription.customer
    return reverse(f"subscriptions:{name}", args=[customer.tenant_id, subscription.pk, *more])


def told(response):
    return [str(message) for message in response.context["messages"]]


def roles(subscription):
    return {(assignment.principal, assignment.role) for assignment in subscription.role_assignments.all()}


def give(subscription, role="reader", **principal):
    return RoleAssignment.objects.create(subscription=subscription, role=role, **principal)


def test_the_page_of_a_plan_shows_what_is_under_it_and_leads_to_more(browse, ana, plan, shop):
    azure_subscription(plan, "Old shop", status="canceled")

    body = browse(ana).get(page(plan)).content.decode()

    assert page(shop) in body
    assert page(plan, "add_azure") in body
    assert body.index("Old shop") < body.index("Web shop")


def test_an_azure_subscription_is_added_and_its_page_follows(browse, ana, plan, tailspin):
    client = browse(ana)
    form = client.get(page(plan, "add_azure")).context["form"]
    sent = {"name": "  Web   shop ", "wish": form["wish"].value()}

    response = client.post(page(plan, "add_azure"), sent, follow=True)

    added = Subscription.objects.get(parent=plan)
    assert response.redirect_chain[-1][0] == page(added)
    assert told(response) == ["Web shop was added. Give its people their roles now."]
    assert roles(added) == {("Contoso", "owner")}


def test_a_form_that_is_sent_twice_adds_one_and_a_new_page_another_one(browse, ana, plan):
    client = browse(ana)
    wishes = [client.get(page(plan, "add_azure")).context["form"]["wish"].value() for _look in range(2)]

    for wish in (wishes[0], wishes[0], wishes[1]):
        client.post(page(plan, "add_azure"), {"name": "Web shop", "wish": wish})

    assert Subscription.objects.filter(parent=plan).count() == 2
    assert Activity.objects.filter(deed=Deed.AZURE_ADDED).count() == 2


@pytest.mark.parametrize("wish", [{}, {"wish": " "}, {"wish": "x" * 65}])
def test_a_page_without_a_wish_adds_nothing_and_has_one_for_the_next_try(wish, browse, ana, plan):
    client = browse(ana)

    refused = client.post(page(plan, "add_azure"), {"name": "Web shop"} | wish)
    form = refused.context["form"]
    again = client.post(page(plan, "add_azure"), {name: form[name].value() for name in form.fields})

    assert (refused.status_code, again.status_code) == (422, 302)
    assert "Nothing was added yet" in refused.content.decode()
    assert [*Subscription.objects.filter(parent=plan).values_list("name", flat=True)] == ["Web shop"]


def test_a_name_that_was_canceled_is_added_again_by_a_new_page(browse, ana, plan, tailspin):
    client = browse(ana)

    for _time in range(2):
        form = client.get(page(plan, "add_azure")).context["form"]
        response = client.post(page(plan, "add_azure"), {"name": "Shop", "wish": form["wish"].value()}, follow=True)
        client.post(page(Subscription.objects.get(parent=plan, status="active"), "cancel"))

    states = Subscription.objects.filter(parent=plan).values_list("name", "status")
    assert [*states] == [("Shop", "canceled"), ("Shop", "canceled")]
    assert told(response) == ["Shop was added. Give its people their roles now."]


def test_without_an_agreement_the_button_says_why_nothing_is_added(browse, ana, plan, tailspin):
    Agreement.objects.filter(customer=tailspin).delete()
    client, sentence = browse(ana), "The customer has not accepted the customer agreement yet."

    bodies = [client.get(page(plan, name)).content.decode() for name in ("subscription", "add_azure")]
    response = client.post(page(plan, "add_azure"), {"name": "Web shop", "wish": "1"})

    assert all(sentence in body for body in bodies)
    assert page(plan, "add_azure") not in bodies[0]
    assert (response.status_code, Subscription.objects.filter(parent=plan).count()) == (422, 0)
    assert sentence in response.content.decode()


def test_a_name_that_was_typed_before_signing_in_again_is_there_with_its_wish(ana, plan):
    client = Client()
    client.post(page(plan, "add_azure"), {"name": "Web shop", "wish": "mine"})
    client.force_login(ana.user)

    form = client.get(page(plan, "add_azure")).context["form"]

    assert (form["name"].value(), form["wish"].value()) == ("Web shop", "mine")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Type a name by which people know what runs in it."),
        ("x" * 101, "at most 100 characters"),
        ("Web\u200bshop", "This name contains characters that cannot be seen."),
    ],
)
def test_an_azure_subscription_needs_a_name_that_people_can_read(name, sentence, browse, ana, plan):
    response = browse(ana).post(page(plan, "add_azure"), {"name": name, "wish": "1"})

    assert (response.status_code, Subscription.objects.filter(parent=plan).count()) == (422, 0)
    assert sentence in response.content.decode()


def test_a_plan_that_is_not_active_says_so_where_the_button_is(browse, ana, tailspin):
    plan = azure_plan(tailspin, status="suspended")
    client = browse(ana)

    bodies = [client.get(page(plan, name)).content.decode() for name in ("subscription", "add_azure")]
    response = client.post(page(plan, "add_azure"), {"name": "Web shop", "wish": "1"})

    assert all("The Azure plan is not active." in body for body in bodies)
    assert (response.status_code, Subscription.objects.filter(parent=plan).count()) == (422, 0)


def test_nothing_is_added_under_what_is_no_plan(browse, ana, tailspin, shop):
    office = subscribe(tailspin, "Office 365 Enterprise E3")

    answers = [browse(ana).get(page(one, "add_azure")).status_code for one in (shop, office)]

    assert answers == [404, 404]


def test_the_page_of_an_azure_subscription_shows_who_has_which_role(browse, ana, contoso, shop, kim):
    welcome_partner(shop, contoso, now=timezone.now())
    give(shop, "contributor", user=kim)

    body = browse(ana).get(page(shop)).content.decode()

    for shown in ("Foreign principal", contoso.partner_id, "kim@tailspintoys.com", "Contributor"):
        assert shown in body
    assert body.count("/remove/") == 2


def test_the_page_of_an_azure_subscription_shows_its_reservations(browse, ana, tailspin, plan, shop):
    reserve(tailspin, shop, name="Servers of the shop")
    reserve(tailspin, azure_subscription(plan, "Data lake"), name="Servers of the lake")

    body = browse(ana).get(page(shop)).content.decode()

    assert ("Servers of the shop" in body, "Servers of the lake" in body) == (True, False)


def test_a_deleted_user_stands_there_as_one(browse, ana, shop, kim):
    give(shop, user=kim)
    User.objects.filter(pk=kim.pk).update(deleted_at=timezone.now())

    assert "Deleted user" in browse(ana).get(page(shop)).content.decode()


def test_who_may_only_look_reads_why(browse, hugo, plan, shop, kim):
    give(shop, user=kim)
    client, sentence = browse(hugo), denial(Action.MANAGE_SUBSCRIPTIONS)

    bodies = [client.get(address).content.decode() for address in (page(plan), page(shop), page(shop, "roles"))]

    assert all(sentence in body for body in bodies)
    assert not any("/assign/" in body or "/remove/" in body or "/azure/" in body for body in bodies)


def test_there_are_no_roles_in_a_subscription_of_licenses(browse, ana, tailspin):
    office = subscribe(tailspin, "Office 365 Enterprise E3")

    answers = [browse(ana).get(page(office, name)).status_code for name in ("roles", "assign_role")]

    assert answers == [404, 404]


def test_a_reseller_sees_the_roles_of_what_its_provider_sold_and_changes_none(
    browse, northwind, adatum, make_customer, make_staff
):
    of_provider = make_customer(northwind, "Wingtip Toys", reseller=adatum)
    make_customer(adatum, "Wingtip Toys", tenant=of_provider.tenant, provider=northwind)
    shop = azure_subscription(azure_plan(of_provider))
    owner = welcome_partner(shop, northwind, now=timezone.now())
    client = browse(make_staff(adatum, "Rosa", "global_admin"))

    looked = client.get(page(shop)).content.decode()
    response = client.post(page(shop, "remove_role", owner.pk), follow=True)

    sentence = "Northwind sold this subscription and changes it; ask them."
    assert (sentence in looked, told(response), len(roles(shop))) == (True, [sentence], 1)


def test_a_stranger_finds_nothing(browse, finn, plan, shop, kim):
    assignment = give(shop, user=kim)
    client = browse(finn)
    addresses = [page(plan, "add_azure"), page(shop, "assign_role"), page(shop, "remove_role", assignment.pk)]

    answers = {
        method(address).status_code
        for address in (*addresses, page(shop, "roles"))
        for method in (client.get, client.head)
    }

    assert answers == {404}


def test_many_azure_subscriptions_cost_few_queries(browse, ana, plan, django_assert_num_queries):
    azure_subscription(plan)
    client = browse(ana)
    client.get(page(plan))
    for number in range(40):
        azure_subscription(plan, f"Shop {number}")

    with django_assert_num_queries(9):
        body = client.get(page(plan)).content.decode()

    assert "More of them are in the list of all subscriptions" in body
