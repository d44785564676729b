"""The hand-over after a transfer: what the facts say, who ticks it off, and taking the old partner's access away."""

import pytest
from django.urls import reverse

from customers.models import Customer
from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from partnercenter.jobs.services import run_job
from partnercenter.notifications.models import Notification
from partnercenter.partners.roles import Role
from subscriptions.models import RoleAssignment, Subscription, Transfer, TransferTick
from subscriptions.selectors.hand_over import hand_over_of
from subscriptions.services.hand_over import remove_old_access, tick_off
from tests.transferring import accept

pytestmark = pytest.mark.django_db(transaction=True)
What = TransferTick.What


def text(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def moved(agreed, azure, ana, contoso, carla):
    """Two of three have moved; in all of them Contoso is the owner, and in one a reader as well."""
    for one in azure.values():
        RoleAssignment.objects.create(subscription=one, partner=contoso, role="owner")
    RoleAssignment.objects.create(subscription=azure["Test"], partner=contoso, role="reader")
    RoleAssignment.objects.create(subscription=azure["Test"], user=carla, role="owner")
    accept(agreed, ana, [azure["Test"], azure["Production"]])
    run_job(Transfer.objects.get().job_id)
    return Transfer.objects.select_related("source__partner", "target__partner").get()


def points(transfer):
    return {
        point.what: (point.is_done, point.is_open)
        for point in hand_over_of(Transfer.objects.get(pk=transfer.pk)).points
    }


def test_the_facts_say_what_is_open(moved):
    assert hand_over_of(moved).roles == [("Contoso", "Owner", 2), ("Contoso", "Reader", 1)]
    assert points(moved) == {
        What.ROLES: (False, True),
        What.PRIVILEGES: (False, True),
        What.SUPPORT: (True, False),
    }


def test_the_new_partners_own_roles_are_no_point_of_it(moved, azure, fabrikam):
    RoleAssignment.objects.create(subscription=azure["Test"], partner=fabrikam, role="owner")

    assert hand_over_of(moved).roles == [("Contoso", "Owner", 2), ("Contoso", "Reader", 1)]


def test_the_customer_takes_all_access_away_in_one_step(moved, azure, carla, contoso, fabrikam, ana):
    number = remove_old_access(moved, actor=carla)

    assert number == 4
    assert points(moved) == dict.fromkeys(What, (True, False))
    left = {(str(one.subscription), one.principal) for one in RoleAssignment.objects.all()}
    assert left == {("Web shop", "Contoso"), ("Test", carla.principal_name)}
    assert not Customer.objects.get(pk=moved.source_id).has_admin_privileges
    assert Customer.objects.get(pk=moved.target_id).has_admin_privileges
    lines = Activity.objects.filter(deed=Deed.ROLE_REMOVED)
    assert sorted(lines.values_list("partner", "subject_id")) == sorted(
        (partner.pk, azure[name].pk) for partner in (contoso, fabrikam) for name in ("Test", "Production")
    )
    [test] = lines.filter(partner=contoso, subject_id=azure["Test"].pk)
    assert test.details["Azure role"] in ("Owner, Reader", "Reader, Owner")
    assert Activity.objects.filter(deed=Deed.PRIVILEGES_TAKEN_BACK, partner=contoso).exists()
    assert Notification.objects.filter(user=ana.user, kind="privileges_taken_back").exists()


def test_the_old_partner_reads_nothing_of_what_the_new_one_calls_it(moved, azure, carla, contoso, fabrikam):
    Subscription.objects.filter(pk=azure["Test"].pk).update(name="Fabrikam's secret project")

    remove_old_access(moved, actor=carla)

    def names(partner):
        lines = Activity.objects.filter(deed=Deed.ROLE_REMOVED, partner=partner)
        return {line.details["Subscription"] for line in lines}

    assert names(contoso) == {"Production", "Test"}
    assert names(fabrikam) == {"Production", "Fabrikam's secret project"}


def test_taking_it_away_twice_is_harmless(moved, carla):
    remove_old_access(moved, actor=carla)

    assert remove_old_access(moved, actor=carla) == 0


def test_where_the_relationship_has_ended_the_roles_go_all_the_same(moved, carla):
    Customer.objects.filter(pk=moved.source_id).update(ended_at=moved.ended_at)

    assert remove_old_access(moved, actor=carla) == 3


def test_the_new_partner_takes_the_roles_away_and_leaves_the_privileges_to_the_customer(moved, finn):
    assert remove_old_access(moved, actor=finn.user) == 3

    assert points(moved)[What.ROLES] == (True, False)
    assert points(moved)[What.PRIVILEGES] == (False, True)
    assert Activity.objects.filter(deed=Deed.ROLE_REMOVED, actor=finn.user).count() == 4
    assert remove_old_access(moved, actor=finn.user) == 0


def test_the_old_partner_and_who_has_no_role_for_it_take_nothing_away(moved, ana, fabrikam, make_staff):
    for person in (ana, make_staff(fabrikam, "Sam", Role.SALES_AGENT)):
        with pytest.raises(Refused, match="Only a Global admin of the customer, or"):
            remove_old_access(moved, actor=person.user)
    assert RoleAssignment.objects.count() == 5


def test_what_the_old_partners_reseller_may_ends_and_what_others_may_stays(
    agreed, azure, ana, carla, adatum, northwind
):
    test = azure["Test"]
    Subscription.objects.filter(pk=test.pk).update(reseller=adatum)
    for partner in (adatum, northwind):
        RoleAssignment.objects.create(subscription=test, partner=partner, role="reader")
    accept(agreed, ana, [test])
    run_job(Transfer.objects.get().job_id)
    moved = Transfer.objects.get()

    assert hand_over_of(moved).roles == [("Adatum", "Reader", 1)]
    remove_old_access(moved, actor=carla)
    assert [one.partner for one in RoleAssignment.objects.all()] == [northwind]


def test_a_tick_counts_for_what_had_moved_by_then(agreed, azure, ana, finn, carla, browse, contoso):
    for one in azure.values():
        RoleAssignment.objects.create(subscription=one, partner=contoso, role="owner")
    accept(agreed, ana, [azure["Test"], azure["Production"]])
    Subscription.objects.filter(pk=azure["Production"].pk).update(status="suspended")
    run_job(Transfer.objects.get().job_id)
    tick_off(Transfer.objects.get(), What.ROLES, actor=finn.user)
    remove_old_access(Transfer.objects.get(), actor=carla)
    meanwhile = hand_over_of(Transfer.objects.get())

    Subscription.objects.filter(pk=azure["Production"].pk).update(status="active")
    browse(ana).post(reverse("transfers:retry", args=[agreed.pk]))

    assert (meanwhile.is_final, meanwhile.is_open) == (False, True)
    assert points(agreed)[What.ROLES] == (False, True)
    assert tick_off(Transfer.objects.get(), What.ROLES, actor=finn.user)
    assert points(agreed)[What.ROLES] == (False, False)


def test_a_point_that_was_ticked_off_by_mistake_is_opened_again(moved, browse, finn):
    client, tick = browse(finn), reverse("transfers:tick", args=[moved.pk])
    client.post(tick, {"what": "roles"})

    answer = text(client.post(tick, {"what": "roles", "undo": "1"}, follow=True))

    assert "This point is open again." in answer
    assert points(moved)[What.ROLES] == (False, True)
    lines = Activity.objects.filter(deed=Deed.HAND_OVER_TICKED, partner=finn.partner).order_by("pk")
    assert [line.details["Role assignments"] for line in lines] == [True, False]


def test_what_has_moved_is_handed_over_while_the_rest_is_tried_again(agreed, azure, ana, browse, finn, contoso):
    RoleAssignment.objects.create(subscription=azure["Test"], partner=contoso, role="owner")
    accept(agreed, ana, [azure["Test"], azure["Production"]])
    Subscription.objects.filter(pk=azure["Production"].pk).update(status="suspended")
    job_id = Transfer.objects.get().job_id
    early = text(browse(finn).get(reverse("transfers:hand_over", args=[agreed.pk])))
    run_job(job_id)

    shown = text(browse(finn).get(reverse("transfers:hand_over", args=[agreed.pk])))

    assert Transfer.objects.get().status == Transfer.Status.IN_PROGRESS
    assert "Nothing has moved yet" in early
    assert "Contoso: Owner (1)" in shown
    assert remove_old_access(Transfer.objects.get(), actor=finn.user) == 1


def test_where_nothing_could_move_yet_there_is_no_way_to_a_hand_over(agreed, azure, ana, browse, finn):
    client, hand_over = browse(finn), reverse("transfers:hand_over", args=[agreed.pk])
    accept(agreed, ana, [azure["Test"]])
    Subscription.objects.filter(pk=azure["Test"].pk).update(status="suspended")
    run_job(Transfer.objects.get().job_id)

    assert hand_over not in text(client.get(reverse("transfers:transfer", args=[agreed.pk])))


def test_before_anything_has_moved_there_is_nothing_to_hand_over(agreed, carla):
    with pytest.raises(Refused, match="nothing to hand over"):
        remove_old_access(agreed, actor=carla)
    with pytest.raises(Refused, match="nothing to hand over"):
        tick_off(agreed, What.ROLES, actor=carla)


def test_the_new_partner_ticks_off(moved, browse, finn, fabrikam):
    client, page = browse(finn), reverse("transfers:hand_over", args=[moved.pk])
    before = text(client.get(page))

    client.post(reverse("transfers:tick", args=[moved.pk]), {"what": "roles"})

    assert "Contoso: Owner (2)" in before
    assert "Ticked off by Finn" in text(client.get(page))
    assert points(moved)[What.ROLES] == (False, False)
    lines = Activity.objects.filter(deed=Deed.HAND_OVER_TICKED, partner=fabrikam)
    assert [line.details for line in lines] == [
        {"Current partner": "Contoso", "New partner": "Fabrikam", "Role assignments": True},
    ]


def test_ticking_off_twice_is_said(moved, browse, carla):
    client, tick = browse(carla), reverse("my_transfers:tick", args=[moved.pk])
    client.post(tick, {"what": "privileges"})

    assert "had been ticked off before" in text(client.post(tick, {"what": "privileges"}, follow=True))
    assert TransferTick.objects.count() == 1


def test_no_strange_point_is_one(moved, browse, carla):
    assert browse(carla).post(reverse("my_transfers:tick", args=[moved.pk]), {"what": "x"}).status_code == 400


def test_the_old_partner_hands_nothing_over(moved, browse, ana):
    client = browse(ana)

    assert client.get(reverse("transfers:hand_over", args=[moved.pk])).status_code == 404
    assert client.post(reverse("transfers:tick", args=[moved.pk]), {"what": "roles"}).status_code == 404
    with pytest.raises(Refused, match="Only a Global admin of the customer, or"):
        tick_off(moved, What.ROLES, actor=ana.user)


def test_a_sales_agent_of_the_new_partner_looks_only(moved, browse, fabrikam, make_staff):
    client = browse(make_staff(fabrikam, "Sam", Role.SALES_AGENT))

    assert "can do this." in text(client.get(reverse("transfers:hand_over", args=[moved.pk])))
    assert client.post(reverse("transfers:tick", args=[moved.pk]), {"what": "roles"}).status_code == 403


def test_the_new_partner_reads_first_what_it_can_take_away(moved, browse, finn):
    client, page = browse(finn), reverse("transfers:remove_access", args=[moved.pk])
    before = text(client.get(page))

    answer = text(client.post(page, follow=True))

    assert "Contoso loses the role Owner in 2 Azure subscriptions." in before
    assert "only a Global admin of the customer takes them back" in before
    assert "3 access rights of Contoso were taken away." in answer
    assert "Remove the old partner's access" not in answer
    assert "there is nothing left to remove" in text(client.get(page))


def test_the_customer_reads_in_numbers_what_is_taken_away_first(moved, browse, carla):
    client, page = browse(carla), reverse("my_transfers:remove_access", args=[moved.pk])
    before = text(client.get(page))

    answer = client.post(page, follow=True)

    assert "Contoso loses the role Owner in 2 Azure subscriptions." in before
    assert "Delegated admin privileges of Contoso are taken back" in before
    assert "4 access rights of Contoso were taken away." in text(answer)
    assert "Everything is looked after" in text(answer)
    assert "has no access any more" in text(client.get(page))
