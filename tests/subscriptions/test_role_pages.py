"""Pages on which people and partners get roles in Azure subscriptions, and lose them."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from subscriptions.models import RoleAssignment
from subscriptions.services.azure import welcome_partner
from tests.subscribing import azure_plan, azure_subscription
from tests.users import make_many_users


def page(subscription, name="subscription", *more):
    customer = subscription.customer
    return reverse(f"subscriptions:{name}", args=[customer.tenant_id, subscription.pk, *more])


def told(response):
    return [str(message) for message in response.context["messages"]]


def roles(subscription):
    return {(assignment.principal, assignment.role) for assignment in subscription.role_assignments.all()}


def someone(principal):
    """A user or a partner as the form about roles names them."""
    return f"{'user' if isinstance(principal, User) else 'partner'}-{principal.pk}"


def offered(response):
    """Whom the form offers: what is sent, and what people read."""
    return [*response.context["form"].fields["principal"].widget.choices]


def give(subscription, role="reader", **principal):
    return RoleAssignment.objects.create(subscription=subscription, role=role, **principal)


def test_a_role_is_assigned_to_a_user_that_a_search_finds(browse, ana, shop, kim, tailspin):
    User.objects.create_user("noa@tailspintoys.com", display_name="Noa", tenant=tailspin.tenant)
    client = browse(ana)
    found = offered(client.get(page(shop, "assign_role"), {"q": "tailspintoys KIM"}))

    response = client.post(page(shop, "assign_role"), {"principal": found[1][0], "role": "reader"}, follow=True)

    assert [label for _sent, label in found] == ["Contoso · Foreign principal", "Kim · kim@tailspintoys.com"]
    assert told(response) == ["Kim has the role Reader now."]
    assert roles(shop) == {("kim@tailspintoys.com", "reader")}


def test_assigning_a_role_twice_says_so_and_writes_one_line(browse, ana, shop, kim):
    client, sent = browse(ana), {"principal": someone(kim), "role": "reader"}

    answers = [told(client.post(page(shop, "assign_role"), sent, follow=True)) for _click in range(2)]

    assert answers == [["Kim has the role Reader now."], ["Kim has the role Reader already."]]
    assert Activity.objects.filter(deed=Deed.ROLE_ASSIGNED).count() == 1


def test_the_own_partner_gets_its_role_back_and_a_second_time_the_page_says_so(browse, ana, contoso, shop):
    client, sent = browse(ana), {"principal": someone(contoso), "role": "owner"}
    owner = welcome_partner(shop, contoso, now=timezone.now())
    client.post(page(shop, "remove_role", owner.pk), follow=True)

    answers = [told(client.post(page(shop, "assign_role"), sent, follow=True)) for _click in range(2)]

    assert answers == [["Contoso has the role Owner now."], ["Contoso has the role Owner already."]]
    assert roles(shop) == {("Contoso", "owner")}


def test_a_provider_can_choose_the_reseller_of_record_and_no_other(
    browse, northwind, adatum, make_partner, make_customer, make_staff
):
    other = make_partner("Proseware", kind="reseller")
    shop = azure_subscription(azure_plan(make_customer(northwind, "Wingtip Toys", reseller=adatum)))
    client = browse(make_staff(northwind, "Nora", "global_admin"))

    found = offered(client.get(page(shop, "assign_role")))
    refused = client.post(page(shop, "assign_role"), {"principal": someone(other), "role": "owner"})
    response = client.post(page(shop, "assign_role"), {"principal": someone(adatum), "role": "owner"}, follow=True)

    assert found == [
        (someone(northwind), "Northwind · Foreign principal"),
        (someone(adatum), "Adatum · Foreign principal"),
    ]
    assert (refused.status_code, told(response)) == (422, ["Adatum has the role Owner now."])
    assert roles(shop) == {("Adatum", "owner")}


def test_what_was_chosen_before_signing_in_again_is_there_afterwards(ana, shop, kim):
    client, address = Client(), f"{page(shop, 'assign_role')}?q=kim"
    client.post(address, {"principal": someone(kim), "role": "support"})
    client.force_login(ana.user)

    form = client.get(address).context["form"]

    assert (form["principal"].value(), form["role"].value()) == (someone(kim), "support")
    assert f'value="{someone(kim)}" required id="id_principal_1" checked' in str(form["principal"])
    assert roles(shop) == set()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"principal": ""}, "Choose who gets the role."),
        ({"principal": "kim"}, "Choose who gets the role."),
        ({"principal": "user-kim"}, "Choose who gets the role."),
        ({"role": ""}, "Choose a role."),
        ({"role": "king"}, "Choose a role."),
    ],
)
def test_what_is_missing_is_said_and_nothing_assigned(changes, sentence, browse, ana, shop, kim):
    response = browse(ana).post(page(shop, "assign_role"), {"principal": someone(kim), "role": "reader"} | changes)

    assert (response.status_code, roles(shop)) == (422, set())
    assert sentence in response.content.decode()


@pytest.mark.parametrize("who", ["of another organization", "deleted"])
def test_nobody_else_can_be_chosen(who, browse, ana, shop, kim, carla):
    User.objects.filter(pk=kim.pk).update(deleted_at=timezone.now())
    user = carla if who == "of another organization" else kim

    response = browse(ana).post(page(shop, "assign_role"), {"principal": someone(user), "role": "reader"})

    assert (response.status_code, roles(shop)) == (422, set())
    assert "This user is not there any more. Choose another one." in response.content.decode()


def test_a_customer_without_users_is_led_to_them(browse, ana, shop, tailspin):
    body = browse(ana).get(page(shop, "assign_role")).content.decode()

    assert "The customer has no users yet." in body
    assert reverse("customers:users", args=[tailspin.tenant_id]) in body


def test_a_search_that_finds_nobody_says_so_and_leaves_the_partner_to_choose(browse, ana, contoso, shop, kim):
    response = browse(ana).get(page(shop, "assign_role"), {"q": "nobody"})

    assert "No user matches" in response.content.decode()
    assert offered(response) == [(someone(contoso), "Contoso · Foreign principal")]


def test_where_users_are_managed_elsewhere_the_page_says_where_and_assigns_partners_only(
    browse, make_partner, make_staff, make_customer
):
    partner = make_partner("Gov", cloud="usgov", suffix="onmicrosoft.us")
    customer = make_customer(partner, "Agency")
    shop = azure_subscription(azure_plan(customer))
    user = User.objects.create_user("kim@agency.onmicrosoft.us", display_name="Kim", tenant=customer.tenant)
    client = browse(make_staff(partner, "Gus", "global_admin"))

    looked = client.get(page(shop, "assign_role"))
    refused = client.post(page(shop, "assign_role"), {"principal": someone(user), "role": "reader"})
    response = client.post(page(shop, "assign_role"), {"principal": someone(partner), "role": "reader"}, follow=True)

    assert "https://portal.azure.us/" in looked.content.decode()
    assert '<form method="get" role="search" class="cluster">' not in looked.content.decode()
    assert offered(looked) == [(someone(partner), "Gov · Foreign principal")]
    assert refused.status_code == 422
    assert "the users and licenses of customers are not managed here" in refused.content.decode()
    assert (told(response), roles(shop)) == (["Gov has the role Reader now."], {("Gov", "reader")})


def test_before_a_role_is_removed_its_meaning_is_told(browse, ana, contoso, shop, kim):
    owner, reader = welcome_partner(shop, contoso, now=timezone.now()), give(shop, user=kim)
    client = browse(ana)

    of_partner = client.get(page(shop, "remove_role", owner.pk)).content.decode()
    of_user = client.get(page(shop, "remove_role", reader.pk)).content.decode()

    warning = "Contoso loses its access to everything that runs in this Azure subscription"
    assert (warning in of_partner, warning in of_user) == (True, False)
    assert all("The role can be assigned again at any time." in body for body in (of_partner, of_user))
    assert len(roles(shop)) == 2


def test_who_keeps_another_role_is_not_told_to_lose_the_access(browse, ana, contoso, shop):
    owner, _reader = welcome_partner(shop, contoso, now=timezone.now()), give(shop, partner=contoso)

    body = browse(ana).get(page(shop, "remove_role", owner.pk)).content.decode()

    assert ("loses its access" in body, "Other roles stay." in body) == (False, True)


def test_before_a_partner_that_cannot_come_back_is_removed_the_page_says_that(browse, ana, fabrikam, shop):
    former = give(shop, "owner", partner=fabrikam)

    body = browse(ana).get(page(shop, "remove_role", former.pk)).content.decode()

    assert "The role cannot be assigned here again" in body
    assert "The role can be assigned again" not in body


def test_a_role_is_removed_and_a_second_click_says_that_it_is_gone(browse, ana, shop, kim):
    client, assignment = browse(ana), give(shop, user=kim)

    answers = [told(client.post(page(shop, "remove_role", assignment.pk), follow=True)) for _click in range(2)]

    assert answers == [["kim@tailspintoys.com has the role Reader no more."], ["This role is not assigned any more."]]
    assert roles(shop) == set()
    assert Activity.objects.filter(deed=Deed.ROLE_REMOVED).count() == 1


def test_the_roles_of_an_ended_subscription_cannot_be_changed_and_the_page_says_why(browse, ana, plan, kim):
    shop = azure_subscription(plan, status="canceled")
    assignment = give(shop, user=kim)
    client = browse(ana)

    looked = [
        client.get(address).content.decode()
        for address in (page(shop), page(shop, "assign_role"), page(shop, "remove_role", assignment.pk))
    ]
    response = client.post(page(shop, "remove_role", assignment.pk), follow=True)

    sentence = "This subscription has ended: nothing of it can be changed any more."
    assert all(sentence in body for body in looked)
    assert (told(response), len(roles(shop))) == ([sentence], 1)


def test_a_search_among_many_users_costs_few_queries(browse, ana, tailspin, shop, django_assert_num_queries):
    make_many_users(tailspin, 60)
    client = browse(ana)
    client.get(page(shop))

    with django_assert_num_queries(8):
        response = client.get(page(shop, "assign_role"), {"q": "kim"})

    assert (len(offered(response)), response.context["more"]) == (1 + 20, True)


def test_many_roles_cost_few_queries_and_have_a_page(browse, ana, tailspin, shop, django_assert_num_queries):
    ids = make_many_users(tailspin, 60)
    give(shop, user_id=ids[0])
    client = browse(ana)
    client.get(page(shop))
    RoleAssignment.objects.bulk_create(RoleAssignment(subscription=shop, user_id=pk, role="support") for pk in ids)

    with django_assert_num_queries(9):
        body = client.get(page(shop)).content.decode()
    with django_assert_num_queries(8):
        table = client.get(page(shop, "roles")).context["table"]

    assert page(shop, "roles") in body
    assert (len(table.records), table.total) == (50, 61)
