from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.models import Agreement, Customer
from partnercenter.activity.models import Activity, Deed
from partnercenter.errors import Refused
from subscriptions.catalog import AZURE_PLAN, AZURE_SUBSCRIPTION, CATALOG
from subscriptions.models import Order, OrderLine, Reservation, RoleAssignment, SoftwarePurchase, Subscription
from subscriptions.selectors.eligibility import Eligibility
from subscriptions.selectors.orders import drafts_of, orders_of
from subscriptions.services.orders import (
    add_line,
    change_lines,
    discard_draft,
    draft_for,
    forget_drafts,
    place_order,
    remove_line,
)
from tests.subscribing import OFFERS, subscribe

E3, CONFERENCING, TRIAL = "Office 365 Enterprise E3", "Audio Conferencing", "Office 365 Enterprise E3 Trial"
RESERVED = CATALOG["RI-VM-D2S-V3-P1Y"]
OFFICE = CATALOG["SW-OFFICE-2019-PROPLUS"]


def add(customer, staff, *names, **options):
    return [add_line(customer, OFFERS.get(name) or CATALOG[name], actor=staff.user, **options) for name in names]


def place(customer, staff):
    return place_order(draft_for(customer, actor=staff.user), actor=staff.user)


def why_not(customer, name, chosen=()):
    return Eligibility(customer).why_not(OFFERS.get(name) or CATALOG[name], chosen)


def test_an_order_buys_a_base_and_its_add_on_at_once(tailspin, ana):
    [base] = add(tailspin, ana, E3, quantity=25)
    [add_on] = add(tailspin, ana, CONFERENCING, quantity=5)

    order = place(tailspin, ana)

    e3, conferencing = Subscription.objects.order_by("-quantity")
    assert (order.status, order.placed_at is not None) == ("placed", True)
    assert (e3.name, e3.quantity, e3.status, e3.partner, e3.parent) == (E3, 25, "active", tailspin.partner, None)
    assert (conferencing.name, conferencing.quantity, conferencing.parent) == (CONFERENCING, 5, e3)
    assert conferencing.term_ends_at == e3.term_ends_at
    assert [line.subscription for line in order.lines.order_by("pk")] == [e3, conferencing]
    assert [addition.left for addition in e3.additions.all()] == [25]
    assert add_on.base == base


def test_the_log_has_the_order_and_each_thing_that_was_bought(tailspin, ana):
    add(tailspin, ana, E3, quantity=3)

    order = place(tailspin, ana)

    lines = Activity.objects.order_by("id").values_list("deed", "subject_id", "details", "customer_id")
    [bought] = Subscription.objects.all()
    assert list(lines) == [
        (Deed.SUBSCRIPTION_BOUGHT, bought.pk, {"Subscription": E3, "Quantity": 3}, tailspin.tenant_id),
        (Deed.ORDER_PLACED, order.pk, {"Offers": f"3 × {E3}"}, tailspin.tenant_id),
    ]


def test_an_add_on_extends_what_the_customer_has_already(tailspin, ana):
    e3 = subscribe(tailspin, E3)
    add(tailspin, ana, CONFERENCING)

    place(tailspin, ana)

    assert Subscription.objects.get(name=CONFERENCING).parent == e3


def test_an_add_on_is_not_sold_without_its_base(tailspin, ana):
    with pytest.raises(Refused, match="Needs an active subscription of one of these"):
        add(tailspin, ana, CONFERENCING)
    assert OrderLine.objects.count() == 0


def test_an_add_on_whose_base_was_suspended_meanwhile_is_not_bought(tailspin, ana):
    e3 = subscribe(tailspin, E3)
    add(tailspin, ana, CONFERENCING)
    Subscription.objects.filter(pk=e3.pk).update(status="suspended")

    with pytest.raises(Refused, match="Audio Conferencing: Needs an active subscription"):
        place(tailspin, ana)
    assert Subscription.objects.count() == 1


def test_taking_a_base_out_takes_out_its_add_ons(tailspin, ana):
    [base] = add(tailspin, ana, E3)
    add(tailspin, ana, CONFERENCING)

    remove_line(base)

    assert OrderLine.objects.count() == 0


def test_azure_is_bought_as_a_plan_with_a_subscription_that_the_partner_owns(tailspin, ana):
    add(tailspin, ana, AZURE_PLAN, AZURE_SUBSCRIPTION)

    place(tailspin, ana)

    plan, azure = Subscription.objects.order_by("-kind")
    assert (plan.kind, azure.kind, azure.parent) == ("plan", "azure", plan)
    assert (plan.term_ends_at, azure.due_at) == (None, None)
    assert [(role.partner, role.role) for role in RoleAssignment.objects.all()] == [(tailspin.partner, "owner")]


def test_one_azure_plan_is_enough(tailspin, ana):
    subscribe(tailspin, "Azure plan")

    assert "has an Azure plan already" in why_not(tailspin, AZURE_PLAN)


def test_the_database_has_one_azure_plan_for_an_account(tailspin):
    subscribe(tailspin, "Azure plan")

    with pytest.raises(IntegrityError, match="one_azure_plan_at_a_time"), transaction.atomic():
        subscribe(tailspin, "Azure plan")


def test_a_reservation_for_one_azure_subscription_needs_that(tailspin, ana):
    plan = subscribe(tailspin, "Azure plan")
    azure = subscribe(tailspin, "Azure subscription", parent=plan)
    [line] = add(tailspin, ana, RESERVED.id, quantity=4)
    change_lines(line.order, {line: {"scope": "single", "region": "West Europe", "billing_cycle": "monthly"}})

    with pytest.raises(Refused, match="Choose the Azure subscription"):
        place(tailspin, ana)
    change_lines(line.order, {line: {"parent": azure}})
    place(tailspin, ana)

    [bought] = Reservation.objects.all()
    assert (bought.scope, bought.azure, bought.region, bought.quantity) == ("single", azure, "West Europe", 4)
    assert (bought.billing_cycle, bought.term, bought.status) == ("monthly", "P1Y", "active")


def test_an_azure_subscription_of_somebody_else_is_none_for_a_reservation(tailspin, ana, carla):
    litware = Customer.objects.get(tenant=carla.tenant)
    theirs = subscribe(litware, "Azure subscription", parent=subscribe(litware, "Azure plan"))
    subscribe(tailspin, "Azure plan")
    [line] = add(tailspin, ana, RESERVED.id)
    change_lines(line.order, {line: {"scope": "single", "parent": theirs}})

    with pytest.raises(Refused, match="Choose the Azure subscription"):
        place(tailspin, ana)


def test_software_is_bought_once_and_for_all(tailspin, ana):
    add(tailspin, ana, OFFICE.id, quantity=7)

    place(tailspin, ana)

    [bought] = SoftwarePurchase.objects.all()
    assert (bought.offer, bought.quantity, bought.status, bought.partner) == (OFFICE, 7, "purchased", tailspin.partner)


def test_a_trial_can_be_had_once(tailspin, ana):
    add(tailspin, ana, TRIAL)
    place(tailspin, ana)

    assert why_not(tailspin, TRIAL) == "A customer can try an offer once, and this one has."


def test_the_database_has_a_trial_once(tailspin):
    subscribe(tailspin, TRIAL, status="deleted")

    with pytest.raises(IntegrityError, match="a_trial_is_had_once"), transaction.atomic():
        subscribe(tailspin, TRIAL)


def test_nothing_is_bought_before_the_agreement_is_accepted(tailspin, ana):
    Agreement.objects.filter(customer=tailspin).delete()

    with pytest.raises(Refused, match="has not accepted the customer agreement"):
        add(tailspin, ana, E3)


def test_nonprofit_offers_are_for_nonprofits(tailspin):
    name = "Office 365 Enterprise E3 (Nonprofit Staff Pricing)"
    before = why_not(tailspin, name)
    tailspin.qualification = "nonprofit"

    assert "Only for customers with the special qualification “Nonprofit”" in before
    assert why_not(tailspin, name) == ""


@pytest.mark.parametrize("cloud", ["usgov", "germany"])
def test_other_clouds_sell_azure_only(make_partner, make_customer, cloud):
    country, suffix = ("US", "onmicrosoft.us") if cloud == "usgov" else ("DE", "onmicrosoft.de")
    partner = make_partner("Elsewhere", cloud=cloud, country=country, suffix=suffix)
    customer = make_customer(partner, "Bureau")

    sold = {offer.kind.value for offer in CATALOG.values() if not Eligibility(customer).why_not(offer, [AZURE_PLAN])}

    assert sold == {"azure", "reservation"}
    assert "not sold in the" in why_not(customer, E3)


def test_an_indirect_reseller_is_told_who_sells(adatum, northwind, make_customer):
    customer = make_customer(adatum, "Wingtip", provider=northwind, relationships=["indirect_reseller"])

    assert why_not(customer, E3) == "Northwind sells to this customer; ask them to place the order."


def test_an_advisor_sells_nothing(contoso, make_customer):
    customer = make_customer(contoso, "Advised", relationships=["advisor"])

    assert why_not(customer, E3) == "You serve this customer as Advisor, which does not include selling."


def test_a_provider_sells_with_the_reseller_of_the_account_on_record(northwind, adatum, make_customer, make_staff):
    nora = make_staff(northwind, "Nora", "global_admin")
    customer = make_customer(northwind, "Proseware", reseller=adatum)
    add(customer, nora, E3)

    place(customer, nora)

    assert Subscription.objects.get().reseller == adatum


def test_quantities_stay_within_those_of_the_offer(tailspin, ana):
    [line] = add(tailspin, ana, "Office 365 Business", quantity=301)

    with pytest.raises(Refused, match="Office 365 Business: At most 300 can be bought"):
        place(tailspin, ana)
    change_lines(line.order, {line: {"quantity": 300}})

    assert place(tailspin, ana).status == "placed"


def test_placing_twice_is_placing_once(tailspin, ana):
    add(tailspin, ana, E3)
    draft = draft_for(tailspin, actor=ana.user)

    orders = [place_order(draft, actor=ana.user), place_order(draft, actor=ana.user)]

    assert [order.pk for order in orders] == [draft.pk] * 2
    assert Subscription.objects.count() == 1
    assert Activity.objects.filter(deed=Deed.ORDER_PLACED).count() == 1


def test_an_order_is_bought_as_a_whole_or_not_at_all(tailspin, ana):
    add(tailspin, ana, E3, TRIAL)
    subscribe(tailspin, TRIAL)

    with pytest.raises(Refused, match="can try an offer once"):
        place(tailspin, ana)
    assert [one.name for one in Subscription.objects.all()] == [TRIAL]


def test_an_empty_order_is_not_placed(tailspin, ana):
    with pytest.raises(Refused, match="Nothing is chosen yet"):
        place(tailspin, ana)


def test_a_placed_order_is_not_changed_any_more(tailspin, ana):
    [line] = add(tailspin, ana, E3)
    order = place(tailspin, ana)

    for change in (
        lambda: change_lines(line.order, {line: {"quantity": 5}}),
        lambda: remove_line(line),
        lambda: discard_draft(order),
    ):
        with pytest.raises(Refused, match="placed or discarded a moment ago"):
            change()
    assert OrderLine.objects.get().quantity == 1


def test_everybody_has_a_draft_of_their_own(tailspin, ana, hugo):
    add(tailspin, ana, E3)

    assert drafts_of(tailspin, hugo.user).count() == 0
    assert orders_of(tailspin).count() == 0


def test_a_draft_that_nobody_touches_is_forgotten(tailspin, ana):
    add(tailspin, ana, E3)
    over = Order.objects.get().touched_at + Order.KEPT_FOR

    forgotten = [forget_drafts(over), forget_drafts(over + timedelta(seconds=1))]

    assert forgotten == [0, 1]
    assert OrderLine.objects.count() == 0


def test_nothing_is_bought_through_an_account_that_has_ended(tailspin, ana):
    add(tailspin, ana, E3)
    Customer.objects.filter(pk=tailspin.pk).update(ended_at=timezone.now())

    with pytest.raises(Refused, match="relationship with this customer has ended"):
        place(tailspin, ana)


def test_the_database_sells_nothing_through_an_account_that_has_ended(tailspin):
    Customer.objects.filter(pk=tailspin.pk).update(ended_at=timezone.now())

    with pytest.raises(IntegrityError, match="an account that has ended"), transaction.atomic():
        subscribe(tailspin, E3)


def test_the_database_knows_the_seller_whatever_is_written(tailspin, fabrikam):
    subscription = subscribe(tailspin, E3, partner=fabrikam)

    subscription.refresh_from_db()
    assert subscription.partner == tailspin.partner


def test_an_organization_tries_an_offer_once_whoever_sells_it(tailspin, fabrikam, make_customer):
    subscribe(tailspin, TRIAL)
    elsewhere = make_customer(fabrikam, "Tailspin", tenant=tailspin.tenant, domain="tailspin.example")

    assert why_not(elsewhere, TRIAL) == "A customer can try an offer once, and this one has."
