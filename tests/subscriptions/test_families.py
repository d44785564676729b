"""What belongs to something, and what belongs to that: E3, Phone System that extends it, a calling plan on top."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from subscriptions.catalog import CATALOG
from subscriptions.models import Subscription
from subscriptions.selectors.families import ends_with
from subscriptions.services.holding import hold_families
from subscriptions.services.life_cycle import move_on
from subscriptions.services.orders import add_line, change_lines, draft_for, place_order, remove_line
from subscriptions.services.states import cancel_held, reactivate_held, suspend_held
from subscriptions.services.subscription_changes import change_next_subscriptions, start_subscription_change
from tests.subscribing import OFFERS, azure_plan, azure_subscription, reserve, subscribe

E3, PHONE, CALLS = "Office 365 Enterprise E3", "Phone System", "Domestic Calling Plan"
BOUGHT = datetime(2023, 3, 15, 10, tzinfo=UTC)
END = BOUGHT.replace(year=2024)


def family(customer, **fields):
    """Three levels, the base with further `fields`."""
    base = subscribe(customer, E3, now=BOUGHT, **fields)
    phone = subscribe(customer, PHONE, parent=base, now=BOUGHT)
    return base, phone, subscribe(customer, CALLS, parent=phone, now=BOUGHT)


def states(*subscriptions):
    found = dict(Subscription.objects.values_list("pk", "status"))
    return [found[one.pk] for one in subscriptions]


def in_the_middle_of_the_term():
    return BOUGHT + timedelta(days=100)


def test_nothing_in_the_catalog_is_an_add_on_of_more_than_three_levels():
    def level(offer):
        return 1 + max(map(level, (CATALOG[base] for base in offer.requires))) if offer.requires else 0

    assert max(map(level, CATALOG.values())) == 3  # the order in which changes visit them knows so many


def test_all_levels_are_suspended_and_come_back_together(tailspin, ana):
    base, phone, calls = family(tailspin)

    gone = suspend_held([base.pk], now=in_the_middle_of_the_term(), actor=ana.user)
    suspended = states(base, phone, calls)
    back = reactivate_held([base.pk], now=in_the_middle_of_the_term(), actor=ana.user)

    assert (set(gone), suspended) == ({phone.pk, calls.pk}, ["suspended"] * 3)
    assert (set(back), states(base, phone, calls)) == ({phone.pk, calls.pk}, ["active"] * 3)


def test_what_somebody_suspended_by_itself_stays_so_with_what_belongs_to_it(tailspin, ana):
    base, phone, calls = family(tailspin)
    suspend_held([phone.pk], now=in_the_middle_of_the_term(), actor=ana.user)

    suspend_held([base.pk], now=in_the_middle_of_the_term(), actor=ana.user)
    reactivate_held([base.pk], now=in_the_middle_of_the_term(), actor=ana.user)

    assert states(base, phone, calls) == ["active", "suspended", "suspended"]


def test_all_levels_are_canceled_together(tailspin, ana):
    found = family(tailspin)

    cancel_held([found[0].pk], now=in_the_middle_of_the_term(), actor=ana.user)

    assert states(*found) == ["canceled"] * 3
    assert Activity.objects.filter(deed=Deed.SUBSCRIPTION_CANCELED).count() == 3


def test_all_levels_expire_together_and_nothing_is_renewed_after_that(tailspin):
    found = family(tailspin, auto_renew=False)

    assert move_on(END) == 1
    assert move_on(END) == 0

    assert states(*found) == ["expired"] * 3
    assert not Activity.objects.filter(deed=Deed.SUBSCRIPTION_RENEWED).exists()


def test_all_levels_are_deleted_in_the_end(tailspin):
    found = family(tailspin, auto_renew=False)

    move_on(END + timedelta(days=120))

    assert states(*found) == ["deleted"] * 3


def test_all_levels_are_renewed_to_the_same_end(tailspin):
    found = family(tailspin)

    assert move_on(END) == 3

    ends = {*Subscription.objects.values_list("terms", "term_ends_at", "due_at")}
    assert (states(*found), ends) == (["active"] * 3, {(2, BOUGHT.replace(year=2025), BOUGHT.replace(year=2025))})


def test_an_active_add_on_of_what_is_not_active_is_not_renewed(tailspin):
    base, phone, _calls = family(tailspin)
    Subscription.objects.filter(pk=base.pk).update(status="deleted", due_at=None)

    move_on(END)

    assert states(phone) == ["expired"]


def test_what_expires_takes_as_few_questions_for_many_families_as_for_few(tailspin, django_assert_num_queries):
    for _number in range(2):
        family(tailspin, auto_renew=False)
    with connection.execute_wrapper(counted := Counted()):
        move_on(END)
    for number in range(20):
        family(tailspin, auto_renew=False, begun_at=BOUGHT + timedelta(seconds=number))

    with django_assert_num_queries(counted.number):
        assert move_on(END) == 20


class Counted:
    number = 0

    def __call__(self, execute, sql, params, many, context):
        self.number += 1
        return execute(sql, params, many, context)


def test_a_change_of_many_counts_each_of_a_family_once(tailspin, ana):
    found = family(tailspin)
    Subscription.objects.update(begun_at=BOUGHT.replace(year=2099), due_at=None)
    change = start_subscription_change(
        tailspin.partner, Subscription.objects.all(), "suspend", customer=tailspin, actor=ana.user
    )

    progress = [change_next_subscriptions(change) for _time in range(2)]

    assert [one.succeeded for one in progress] == [3, 0]
    assert states(*found) == ["suspended"] * 3
    assert [*Subscription.objects.order_by("with_parent").values_list("with_parent", flat=True)] == [False, True, True]


def test_an_add_on_ends_with_whatever_above_it_is_not_renewed(tailspin):
    base, phone, calls = family(tailspin, auto_renew=False)

    assert ends_with([base.pk, phone.pk, calls.pk]) == {phone.pk: E3, calls.pk: E3}


def test_the_list_and_the_page_say_when_an_add_on_really_ends(tailspin, browse, ana):
    _base, phone, _calls = family(tailspin, auto_renew=False)
    Subscription.objects.update(
        term_ends_at=datetime(2099, 3, 15, tzinfo=UTC), due_at=datetime(2099, 3, 15, tzinfo=UTC)
    )
    client, address = browse(ana), f"/customers/{tailspin.tenant_id}/subscriptions/"

    listed = client.get(address).content.decode()
    page = client.get(f"{address}{phone.pk}/").content.decode()

    assert (listed.count("Renews on"), listed.count("Ends on 03/15/2099")) == (0, 3)
    assert f"together with {E3}" in page
    assert "It ends together with" in client.get(f"{address}{phone.pk}/change/").content.decode()


def test_what_goes_along_is_counted_before_it_goes(tailspin, browse, ana):
    base, phone, _calls = family(tailspin)
    Subscription.objects.update(due_at=None)
    suspend_held([phone.pk], now=in_the_middle_of_the_term(), actor=ana.user)
    client, address = browse(ana), f"/customers/{tailspin.tenant_id}/subscriptions/{base.pk}/"

    assert client.get(f"{address}suspend/").context["children_count"] == 0
    assert client.get(f"{address}cancel/").context["children_count"] == 2
    suspend_held([base.pk], now=in_the_middle_of_the_term(), actor=ana.user)
    assert client.get(f"{address}reactivate/").context["children_count"] == 0


def test_reservations_of_all_azure_subscriptions_of_a_plan_are_counted(tailspin, browse, ana):
    plan = azure_plan(tailspin)
    reserve(tailspin, azure_subscription(plan))

    page = browse(ana).get(f"/customers/{tailspin.tenant_id}/subscriptions/{plan.pk}/cancel/")

    assert page.context["reservation_count"] == 1


def test_each_line_of_an_order_is_bought_after_the_one_that_it_extends(tailspin, ana):
    calls, phone, e3 = chosen_the_wrong_way_round(tailspin, ana)

    place_order(draft_for(tailspin, actor=ana.user), actor=ana.user)

    bought = {one.name: one.parent and one.parent.name for one in Subscription.objects.select_related("parent")}
    assert bought[CALLS] == PHONE
    assert bought[PHONE] == E3
    assert {calls.base_id, phone.base_id} == {phone.pk, e3.pk}


def chosen_the_wrong_way_round(customer, staff):
    """A calling plan that extends a later line, which extends a still later one."""
    first = add_line(customer, OFFERS["Office 365 Enterprise E5"], actor=staff.user)
    calls = add_line(customer, OFFERS[CALLS], actor=staff.user)
    e3 = add_line(customer, OFFERS[E3], actor=staff.user)
    phone = add_line(customer, OFFERS[PHONE], actor=staff.user)
    change_lines(first.order, {phone: {"base": e3}, calls: {"base": phone}})
    return calls, phone, e3


def test_lines_in_a_circle_are_refused(tailspin, ana):
    calls, phone, _e3 = chosen_the_wrong_way_round(tailspin, ana)
    change_lines(calls.order, {phone: {"base": calls}})

    with pytest.raises(Refused):
        place_order(draft_for(tailspin, actor=ana.user), actor=ana.user)

    assert not Subscription.objects.exists()


def test_a_line_goes_with_all_that_was_to_extend_it(tailspin, ana):
    _calls, _phone, e3 = chosen_the_wrong_way_round(tailspin, ana)

    remove_line(e3)

    assert [line.offer.name for line in draft_for(tailspin, actor=ana.user).lines.all()] == ["Office 365 Enterprise E5"]


def test_nothing_belongs_to_what_another_customer_has(tailspin, make_customer):
    other = subscribe(make_customer(tailspin.partner, "Wingtip"), E3)

    with pytest.raises(IntegrityError, match="belongs to what the same customer has"), transaction.atomic():
        subscribe(tailspin, PHONE, parent=other)


def test_the_partner_is_that_of_the_account_whatever_somebody_writes(tailspin, fabrikam):
    e3 = subscribe(tailspin, E3)

    Subscription.objects.filter(pk=e3.pk).update(partner=fabrikam)

    e3.refresh_from_db()
    assert e3.partner == tailspin.partner


@pytest.mark.django_db(transaction=True)
def test_the_clock_waits_for_nobody_and_comes_again(tailspin):
    base, _phone, calls = family(tailspin, auto_renew=False)
    other = subscribe(tailspin, E3, now=BOUGHT, auto_renew=False)

    with transaction.atomic():
        hold_families([calls.pk])
        with ThreadPoolExecutor(1) as threads:
            taken = threads.submit(move_on_elsewhere).result(timeout=10)
        meanwhile = states(base, calls, other)

    assert (taken, meanwhile) == (1, ["active", "active", "expired"])
    assert move_on(END) == 1
    assert states(base, calls) == ["expired", "expired"]


def move_on_elsewhere():
    try:
        return move_on(END)
    finally:
        connection.close()
