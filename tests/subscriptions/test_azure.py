"""Azure subscriptions under a plan, and who may do what in them: rules, limits, history."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Agreement, Customer
from customers.selectors.users import KEPT_FOR
from customers.services.user_purge import purge_users
from partnercenter.activity.models import Activity, Deed
from partnercenter.directory.models import User
from partnercenter.errors import Refused
from subscriptions.models import RoleAssignment, Subscription
from subscriptions.selectors.azure import azure_found, azure_under, roles_of
from subscriptions.selectors.subscriptions import active_azure_of
from subscriptions.services.azure import add_azure_subscription, assign_role, remove_role, welcome_partner
from subscriptions.services.subscriptions import cancel_subscription, suspend_subscription
from tests.domains import at_once
from tests.subscribing import azure_plan, azure_subscription, reserve, subscribe

ENDED = "This subscription has ended: nothing of it can be changed any more."


@pytest.fixture
def sold_by_provider(northwind, adatum, make_customer):
    """The account of a reseller, and an Azure subscription that its provider sold to the same customer."""
    of_provider = make_customer(northwind, "Wingtip Toys", reseller=adatum)
    of_reseller = make_customer(adatum, "Wingtip Toys", tenant=of_provider.tenant, provider=northwind)
    return of_reseller, azure_subscription(azure_plan(of_provider))


@pytest.fixture
def resold(northwind, adatum, make_customer):
    """An Azure subscription that a provider sold with a reseller on record."""
    customer = make_customer(northwind, "Wingtip Toys", reseller=adatum)
    return azure_subscription(azure_plan(customer))


def add(plan, name="Web shop", *, wish="1", customer, actor):
    return add_azure_subscription(plan, name, wish=wish, customer=customer, actor=actor.user)


def lines(*deeds):
    found = Activity.objects.filter(deed__in=deeds).order_by("id")
    return [(line.deed, line.subject_id, line.actor, line.details) for line in found]


def roles(subscription):
    return [(assignment.principal, assignment.role) for assignment in roles_of(subscription)]


def test_an_azure_subscription_has_its_own_guid_and_the_partner_owns_it(plan, tailspin, ana):
    added = add(plan, "Web shop", customer=tailspin, actor=ana)

    row = Subscription.objects.get(pk=added.pk)
    assert (row.parent, row.name, row.kind, row.status) == (plan, "Web shop", "azure", "active")
    assert row.pk != plan.pk
    assert roles(row) == [("Contoso", "owner")]
    assert [(line[1], line[2], line[3]) for line in lines(Deed.AZURE_ADDED)] == [
        (row.pk, ana.user, {"Subscription": "Web shop", "Azure plan": "Azure plan"})
    ]


def test_one_wish_adds_one_azure_subscription_and_another_wish_another_one(plan, tailspin, ana):
    first = add(plan, customer=tailspin, actor=ana)

    again = add(plan, customer=tailspin, actor=ana)
    other_name = add(plan, "Data lake", customer=tailspin, actor=ana)
    other_wish = add(plan, wish="2", customer=tailspin, actor=ana)

    assert again == first
    assert {*azure_under(plan, tailspin)} == {first, other_name, other_wish}
    assert len(lines(Deed.AZURE_ADDED)) == 3


def test_what_was_canceled_is_added_by_a_new_wish_and_not_told_as_added_by_the_old_one(plan, tailspin, ana):
    canceled = add(plan, customer=tailspin, actor=ana)
    cancel_subscription(canceled, customer=tailspin, actor=ana.user)

    with pytest.raises(Refused, match="Web shop was added from this page before, and has ended since"):
        add(plan, customer=tailspin, actor=ana)
    new = add(plan, wish="2", customer=tailspin, actor=ana)

    assert [one.status for one in azure_under(plan, tailspin) if one.pk != canceled.pk] == ["active"]
    assert new.pk != canceled.pk


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_add_one_azure_subscription(plan, tailspin, ana):
    refused = at_once(*[lambda: add(plan, customer=tailspin, actor=ana)] * 2)

    assert (refused, azure_under(plan, tailspin).count(), len(lines(Deed.AZURE_ADDED))) == ([], 1, 1)


@pytest.mark.parametrize(
    ("status", "sentence"), [("suspended", "The Azure plan is not active."), ("canceled", ENDED), ("deleted", ENDED)]
)
def test_nothing_is_added_under_a_plan_that_is_not_active(status, sentence, tailspin, ana):
    plan = azure_plan(tailspin, status=status)

    with pytest.raises(Refused, match=sentence):
        add(plan, customer=tailspin, actor=ana)

    assert azure_under(plan, tailspin).count() == 0


def test_nothing_is_added_before_the_customer_has_accepted_the_agreement(plan, tailspin, ana):
    Agreement.objects.filter(customer=tailspin).delete()

    with pytest.raises(Refused, match="The customer has not accepted the customer agreement yet"):
        add(plan, customer=tailspin, actor=ana)

    assert azure_under(plan, tailspin).count() == 0


def test_nothing_is_added_where_the_relationship_does_not_include_selling(plan, tailspin, ana):
    Customer.objects.filter(pk=tailspin.pk).update(relationships=["advisor"])

    with pytest.raises(Refused, match="which does not include selling"):
        add(plan, customer=tailspin, actor=ana)

    assert azure_under(plan, tailspin).count() == 0


def test_nothing_is_added_after_the_relationship_has_ended(plan, tailspin, ana):
    Customer.objects.filter(pk=tailspin.pk).update(ended_at=timezone.now())

    with pytest.raises(Refused, match="The relationship with this customer has ended"):
        add(plan, customer=tailspin, actor=ana)


def test_a_reseller_adds_nothing_under_the_plan_that_its_provider_sold(sold_by_provider, adatum, make_staff):
    customer, azure = sold_by_provider
    rosa = make_staff(adatum, "Rosa", "global_admin")

    with pytest.raises(Refused, match="Northwind sold this subscription and changes it; ask them"):
        add(azure.parent, customer=customer, actor=rosa)


def test_a_user_gets_a_role_and_the_history_tells_it(shop, kim, tailspin, ana):
    created = assign_role(shop, kim, "reader", customer=tailspin, actor=ana.user)

    details = {"Subscription": "Web shop", "Principal": "kim@tailspintoys.com", "Azure role": "Reader"}
    assert (created, roles(shop)) == (True, [("kim@tailspintoys.com", "reader")])
    assert lines(Deed.ROLE_ASSIGNED) == [("role_assigned", shop.pk, ana.user, details)]


def test_a_user_can_have_several_roles_but_each_of_them_once(shop, kim, tailspin, ana):
    answers = [
        assign_role(shop, kim, role, customer=tailspin, actor=ana.user) for role in ("reader", "reader", "support")
    ]

    assert answers == [True, False, True]
    assert {role for _principal, role in roles(shop)} == {"reader", "support"}
    assert len(lines(Deed.ROLE_ASSIGNED)) == 2


def test_a_deleted_user_gets_no_role(shop, kim, tailspin, ana):
    User.objects.filter(pk=kim.pk).update(deleted_at=timezone.now())

    with pytest.raises(Refused, match="This user was deleted"):
        assign_role(shop, kim, "reader", customer=tailspin, actor=ana.user)


def test_a_user_of_another_organization_gets_no_role(shop, carla, tailspin, ana):
    with pytest.raises(Refused):
        assign_role(shop, carla, "reader", customer=tailspin, actor=ana.user)

    assert roles(shop) == []


@pytest.mark.parametrize(("cloud", "suffix"), [("usgov", "onmicrosoft.us"), ("germany", "onmicrosoft.de")])
def test_where_users_are_managed_elsewhere_partners_get_roles_and_users_none(
    cloud, suffix, make_partner, make_staff, make_customer
):
    partner = make_partner("Sovereign", cloud=cloud, suffix=suffix)
    customer, gus = make_customer(partner, "Agency"), make_staff(partner, "Gus", "global_admin")
    azure = azure_subscription(azure_plan(customer))
    user = User.objects.create_user(f"kim@agency.{suffix}", display_name="Kim", tenant=customer.tenant)

    with pytest.raises(Refused, match="the users and licenses of customers are not managed here"):
        assign_role(azure, user, "reader", customer=customer, actor=gus.user)
    assign_role(azure, partner, "reader", customer=customer, actor=gus.user)

    assert roles(azure) == [("Sovereign", "reader")]


def test_a_partner_that_was_removed_comes_back_as_a_foreign_principal(plan, tailspin, ana):
    shop = add(plan, customer=tailspin, actor=ana)
    remove_role(shop.role_assignments.get(), customer=tailspin, actor=ana.user)

    answers = [
        assign_role(shop, ana.partner, role, customer=tailspin, actor=ana.user)
        for role in ("owner", "owner", "support")
    ]

    details = {"Subscription": "Web shop", "Principal": "Contoso", "Azure role": "Owner"}
    assert (answers, roles(shop)) == ([True, False, True], [("Contoso", "owner"), ("Contoso", "support")])
    assert lines(Deed.ROLE_ASSIGNED)[0] == ("role_assigned", shop.pk, ana.user, details)
    assert len(lines(Deed.ROLE_ASSIGNED)) == 2


def test_the_reseller_of_record_gets_a_role_from_its_provider(resold, adatum, nora):
    assign_role(resold, adatum, "contributor", customer=resold.customer, actor=nora.user)

    assert roles(resold) == [("Adatum", "contributor")]


def test_a_reseller_that_is_not_on_record_gets_none(resold, adatum, nora):
    Subscription.objects.filter(pk=resold.pk).update(reseller=None)

    with pytest.raises(Refused, match="Adatum neither sells Web shop nor is its reseller of record"):
        assign_role(resold, adatum, "reader", customer=resold.customer, actor=nora.user)

    assert roles(resold) == []


def test_no_other_partner_gets_a_role(shop, fabrikam, tailspin, ana):
    with pytest.raises(Refused, match="Fabrikam neither sells Web shop nor is its reseller of record"):
        assign_role(shop, fabrikam, "reader", customer=tailspin, actor=ana.user)

    assert roles(shop) == []


def test_people_have_no_roles_in_a_subscription_of_licenses(kim, tailspin, ana):
    office = subscribe(tailspin, "Office 365 Enterprise E3")

    with pytest.raises(Refused, match="Only in Azure subscriptions people have roles"):
        assign_role(office, kim, "reader", customer=tailspin, actor=ana.user)


@pytest.mark.parametrize("status", ["canceled", "deleted"])
def test_roles_stay_as_they_are_once_the_subscription_has_ended(status, plan, kim, tailspin, ana):
    shop = azure_subscription(plan, status=status)
    partners = welcome_partner(shop, ana.partner, now=timezone.now())

    with pytest.raises(Refused, match=ENDED):
        assign_role(shop, kim, "reader", customer=tailspin, actor=ana.user)
    with pytest.raises(Refused, match=ENDED):
        remove_role(partners, customer=tailspin, actor=ana.user)

    assert roles(shop) == [("Contoso", "owner")]


def test_roles_of_a_suspended_subscription_can_be_changed(shop, kim, tailspin, ana):
    suspend_subscription(shop, customer=tailspin, actor=ana.user)

    assign_role(shop, kim, "owner", customer=tailspin, actor=ana.user)

    assert roles(shop) == [("kim@tailspintoys.com", "owner")]


def test_a_role_is_removed_once_however_often_somebody_clicks(shop, kim, tailspin, ana):
    assign_role(shop, kim, "reader", customer=tailspin, actor=ana.user)
    assignment = shop.role_assignments.get()

    answers = [remove_role(assignment, customer=tailspin, actor=ana.user) for _click in range(2)]

    assert (answers, roles(shop)) == ([True, False], [])
    details = {"Subscription": "Web shop", "Principal": "kim@tailspintoys.com", "Azure role": "Reader"}
    assert lines(Deed.ROLE_REMOVED) == [("role_removed", shop.pk, ana.user, details)]


@pytest.mark.django_db(transaction=True)
def test_two_people_who_assign_the_same_role_at_once_assign_it_once(shop, kim, tailspin, ana, uri):
    refused = at_once(
        lambda: assign_role(shop, kim, "reader", customer=tailspin, actor=ana.user),
        lambda: assign_role(shop, kim, "reader", customer=tailspin, actor=uri.user),
    )

    assert (refused, roles(shop)) == ([], [("kim@tailspintoys.com", "reader")])
    assert len(lines(Deed.ROLE_ASSIGNED)) == 1


def test_a_partner_can_give_up_its_own_foreign_principal(plan, tailspin, ana):
    shop = add(plan, customer=tailspin, actor=ana)

    remove_role(shop.role_assignments.get(), customer=tailspin, actor=ana.user)

    details = {"Subscription": "Web shop", "Principal": "Contoso", "Azure role": "Owner"}
    assert roles(shop) == []
    assert lines(Deed.ROLE_REMOVED) == [("role_removed", shop.pk, ana.user, details)]


def test_a_reseller_changes_no_roles_in_what_its_provider_sold(sold_by_provider, adatum, make_staff):
    customer, azure = sold_by_provider
    rosa = make_staff(adatum, "Rosa", "global_admin")
    owner = welcome_partner(azure, azure.partner, now=timezone.now())

    with pytest.raises(Refused, match="Northwind sold this subscription and changes it; ask them"):
        remove_role(owner, customer=customer, actor=rosa.user)

    assert roles(azure) == [("Northwind", "owner")]


def test_the_roles_of_a_user_go_with_the_user_for_good(shop, kim, tailspin, ana):
    assign_role(shop, kim, "reader", customer=tailspin, actor=ana.user)
    User.objects.filter(pk=kim.pk).update(deleted_at=timezone.now() - KEPT_FOR + timedelta(minutes=1))
    purge_users()
    kept = roles(shop)

    User.objects.filter(pk=kim.pk).update(deleted_at=timezone.now() - KEPT_FOR)
    purge_users()

    assert (kept, roles(shop)) == ([("kim@tailspintoys.com", "reader")], [])
    assert not User.objects.filter(pk=kim.pk).exists()


def test_canceling_an_azure_subscription_leaves_its_plan_and_the_others(plan, shop, tailspin, ana):
    other = azure_subscription(plan, "Data lake")

    cancel_subscription(shop, customer=tailspin, actor=ana.user)

    states = dict(Subscription.objects.values_list("name", "status"))
    assert states == {"Azure plan": "active", "Web shop": "canceled", "Data lake": "active"}
    assert [*active_azure_of(tailspin)] == [other]


def test_canceling_a_plan_cancels_what_is_under_it_and_makes_orphans_of_its_reservations(plan, shop, tailspin, ana):
    single, shared = reserve(tailspin, shop), reserve(tailspin)

    cancel_subscription(plan, customer=tailspin, actor=ana.user)

    single.refresh_from_db()
    shared.refresh_from_db()
    shop.refresh_from_db()
    assert (shop.status, shop.with_parent) == ("canceled", True)
    assert (single.status, single.is_orphan) == ("active", True)
    assert (shared.status, shared.is_orphan) == ("active", False)
    assert [line[1] for line in lines(Deed.SUBSCRIPTION_CANCELED)] == [plan.pk, shop.pk]


def test_roles_stay_with_a_canceled_subscription_as_a_record(plan, tailspin, ana):
    shop = add(plan, customer=tailspin, actor=ana)

    cancel_subscription(shop, customer=tailspin, actor=ana.user)

    assert RoleAssignment.objects.filter(subscription=shop).count() == 1


def test_azure_subscriptions_are_found_by_words_of_their_names_or_by_their_guid(plan, shop, tailspin):
    azure_subscription(plan, "Data lake")

    found = [[one.name for one in azure_found(tailspin, text)] for text in ("SHOP web", str(shop.pk).upper(), "")]

    assert found == [["Web shop"], ["Web shop"], ["Data lake", "Web shop"]]
